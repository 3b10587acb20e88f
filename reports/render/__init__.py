"""Renderers: each sets the same page in one format; none words or rounds anything."""
