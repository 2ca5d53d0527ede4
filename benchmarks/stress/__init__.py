"""Stress tools: what writing promises, tried under load; run by hand."""
