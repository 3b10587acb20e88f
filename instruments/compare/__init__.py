"""Two versions of an instrument: what differs, and what that does to comparisons between waves."""
