"""Reads revisions at a clock: records, pages, facets, history."""
