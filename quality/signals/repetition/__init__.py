"""Signals of repetition: text that says again what the article has said."""
