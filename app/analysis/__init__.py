"""Questions that can only be answered from a record of talks, one per file."""
