"""Item analysis on any data: classical statistics, DIF, classification, linking, standard setting."""
