"""Run the command line as ``python -m reports``."""

from reports.cli import main

main(prog_name="hieuluat")
