"""Signals of residue: page furniture that extraction left in the text."""
