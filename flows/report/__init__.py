"""What people look at: one article with its findings marked, and the report of a whole warehouse.

Every file is a static page that works without a network and without scripts. What came from a page is only ever text:
the templates escape it, the addresses are checked before they become links, and a Content-Security-Policy in each file
forbids everything that the file did not bring along.
"""
