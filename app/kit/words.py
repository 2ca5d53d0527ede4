"""Words for searching, with case and accents folded in the same way for every engine."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose, but that people type without their stroke.
_PLAIN = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ʼ": "", "’": "", "'": "", "ʿ": "", "ʾ": "",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
# Cyrillic and Greek letters in their most common transliteration.
_LATIN = str.maketrans(
    dict(zip("абвгдезиклмнопрстуфыэіґй", "abvgdeziklmnoprstufyeigy", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
       "ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "ў": "u"}
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)  # fmt: skip
_MAX_SLUG = 80
# In scripts without spaces, each character is a word.
_CHARACTER = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@lru_cache(maxsize=65536)
def fold_text(text: str) -> str:
    """Removes case and accents: "Türkiye" and "TURKIYE" become "turkiye"."""
    if text.isascii():
        return text.lower().replace("'", "")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    base = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", base.translate(_PLAIN)).casefold()


def split_words(text: str) -> list[str]:
    """The folded words of a text in order, repeats included."""
    folded = fold_text(text)
    if not folded.isascii():
        folded = _CHARACTER.sub(lambda match: f" {match.group()} ", folded)
    return _WORD.findall(folded)


def slug(*parts: str | None) -> str:
    """The words of `parts` that fold to ASCII, joined by hyphens; at most 80 characters."""
    text = "-".join(
        word for part in parts if part for word in split_words(_latin(part)) if word.isascii()
    )
    if len(text) > _MAX_SLUG:
        text = text[:_MAX_SLUG].rpartition("-")[0] or text[:_MAX_SLUG]
    return text


def _latin(text: str) -> str:
    return (
        text if text.isascii() else fold_text(text.casefold().translate(_LATIN)).translate(_LATIN)
    )
