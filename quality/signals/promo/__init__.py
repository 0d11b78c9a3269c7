"""Signals of promo: text put there to sell or to send the reader away."""
