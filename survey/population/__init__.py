"""The population: units, areas, grouping variables of respondents, and control totals."""
