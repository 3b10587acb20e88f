"""What it means: scores, weights, design-based estimates and verdicts."""
