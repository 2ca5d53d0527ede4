"""Declares the fields of a document, and walks a document by that declaration."""
