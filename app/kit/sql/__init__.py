"""Connections to SQLite and PostgreSQL, and copies of SQLite files."""
