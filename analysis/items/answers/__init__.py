"""Analyses of a SPEC for `items`, each answered in the JSON of the contract."""
