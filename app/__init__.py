"""Parley: who met whom, when and at what level, what each side said, and who reports it."""

__version__ = "0.1.0"
