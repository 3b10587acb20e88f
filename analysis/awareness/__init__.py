"""The share of people above a cut on a latent trait, with one error budget."""
