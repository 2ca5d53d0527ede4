"""Answers queries about records: lists, single records, history, exports."""
