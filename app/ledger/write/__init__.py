"""Appends revisions: the only way to change a record."""
