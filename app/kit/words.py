"""Words for searching: case and accents folded, alike on every engine."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode does not decompose, but that people type without the stroke.
_PLAIN = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e", "ʼ": "", "’": "", "'": "", "ʿ": "", "ʾ": "",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
# Letters of other scripts as they are mostly written in Latin ones.
_LATIN = str.maketrans(
    dict(zip("абвгдезиклмнопрстуфыэіґй", "abvgdeziklmnoprstufyeigy", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
       "ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi", "ў": "u"}
    | dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)  # fmt: skip
_MAX_SLUG = 80
# Scripts written without blanks: each sign is a word of its own.
_SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@lru_cache(maxsize=65536)
def fold_text(text: str) -> str:
    """`text` without case and accents: "Türkiye" and "TURKIYE" give "turkiye"."""
    if text.isascii():
        return text.lower().replace("'", "")
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in split if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", bare.translate(_PLAIN)).casefold()


def split_words(text: str) -> list[str]:
    """The folded words of `text`, in order, repeats kept."""
    folded = fold_text(text)
    if not folded.isascii():
        folded = _SIGN.sub(lambda sign: f" {sign.group()} ", folded)
    return _WORD.findall(folded)


def slug(*parts: str | None) -> str:
    """The words of these parts that fold to ASCII, joined by hyphens; at most 80 characters."""
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
