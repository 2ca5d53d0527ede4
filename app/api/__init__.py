"""The HTTP interface: routes, requests and responses."""
