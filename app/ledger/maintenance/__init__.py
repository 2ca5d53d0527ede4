"""Verifies, rebuilds, migrates, exports and backs up a ledger."""
