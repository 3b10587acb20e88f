"""Advice on measurement: what a definition may say but a survey methodologist would question."""
