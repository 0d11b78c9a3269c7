"""Signals of padding: text that is there only to be long or to rank."""
