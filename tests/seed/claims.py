"""What the tests of the seed share: the names of its records, and what stands in them."""

from __future__ import annotations

from functools import reduce
from typing import Any

Records = dict[tuple[str, str], dict[str, Any]]

ARTICLE = "TEST_ARTICLE"  # names the file that holds the article, which is not kept here
LONGEST_RUN = 6  # so many words in a row may be the article's own by chance
SOURCE = "2023-04-26-moscow-talks"
PROCESS = "syria-turkiye-normalisation"
DECEMBER, VISIT, DEPUTIES = "2022-12-28-moscow", "2023-03-russia-visit", "2023-04-04-moscow"
APRIL, MINISTERS, SUMMIT = "2023-04-25-moscow", "2023-foreign-ministers", "syria-turkiye-summit"


def at(record: Any, path: str) -> Any:
    """Return what stands at a path such as ``outcomes.0.by``."""

    def step(value: Any, part: str) -> Any:
        return value[int(part) if part.isdigit() else part]

    return reduce(step, path.split("."), record)
