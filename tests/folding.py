"""Folding, once more and more plainly than the program does it."""

from __future__ import annotations

import re
import unicodedata


def folded(text_: str) -> str:
    """Without case and accents."""
    split = unicodedata.normalize("NFKD", text_.casefold())
    return "".join(c for c in split if not unicodedata.combining(c)).replace("ı", "i")


def words_of(*texts: str | None) -> set[str]:
    """The folded words of texts."""
    return {word for t in texts if t for word in re.findall(r"[^\W_]+", folded(t))}
