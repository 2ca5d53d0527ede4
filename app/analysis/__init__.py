"""Questions that only a record of talks can answer: one question, one file."""
