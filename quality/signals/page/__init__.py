"""What title, address, markup and plan of a page say about its text: promises, stuffing, plugs, templates."""
