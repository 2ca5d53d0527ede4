"""The tool box: dates, words, terms, filters, pages, problems. Knows nothing of diplomacy."""
