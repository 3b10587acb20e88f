"""The desk: staff bring files of responses in, on pages that their own machine serves."""
