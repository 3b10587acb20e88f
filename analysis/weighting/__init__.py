"""Weighting: from design weights to weights that meet what is known of the population."""
