"""What is dated, merged into one order."""
