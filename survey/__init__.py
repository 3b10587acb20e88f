"""Who answered: studies, populations, samples, imports, the store and its snapshots."""
