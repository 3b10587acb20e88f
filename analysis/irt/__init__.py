"""Item response models: calibrated by marginal maximum likelihood, weighted, items missing by design."""
