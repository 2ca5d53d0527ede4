"""HTTP without records: queries, caching, compression, problems, API keys."""
