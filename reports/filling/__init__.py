"""Forms of other bodies, filled with figures of a report as a user's mapping file says."""
