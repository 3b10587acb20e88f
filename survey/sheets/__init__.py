"""Tables that people fill in a workbook of ours: their columns, their templates, their reading."""
