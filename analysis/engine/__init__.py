"""Engines: where the rows are, and the one thing asked of them, weighted sums by unit and cell."""
