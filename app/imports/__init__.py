"""Imports files of records, with a verdict for every row."""
