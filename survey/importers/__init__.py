"""Files of responses from other systems: one module per source, one table out of each."""
