"""The one door for writes, and every read of what was written, at any clock."""
