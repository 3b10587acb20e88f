"""Registers of units: who is in post, what they completed, and violations by year."""
