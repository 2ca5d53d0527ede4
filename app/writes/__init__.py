"""Changes records: checks a body, writes it, and reports warnings."""
