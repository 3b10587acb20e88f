"""Rules across the parts of a definition, which no single field can break."""
