"""What an article says that could be checked: names, numbers, dates, quotes, sources, experience. Its lack counts."""
