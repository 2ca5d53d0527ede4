"""The eight nouns: one noun, one file."""
