"""Variances of estimates: linearized over the stages of the sample, or by replication."""
