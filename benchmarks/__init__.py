"""Benchmarks: realistic data, the read rows, two neighbours to hold them against."""
