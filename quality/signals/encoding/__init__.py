"""Signals of encoding: what wrong decodings left in the text."""
