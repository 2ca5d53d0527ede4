"""What Parley is held against: nothing but the server, and the same data behind an ORM."""
