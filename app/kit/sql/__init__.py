"""Connections to SQLite and PostgreSQL, snapshots, and copies of SQLite files."""
