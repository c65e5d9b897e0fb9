from collections.abc import Iterator
from datetime import date

from carneau.core import codes, slugs

LONGEST = 80


def candidates(title: str, on: date) -> Iterator[str]:
    """The plain slug, the one with its day (another date of a run), then ones that nobody else has."""
    plain = slugs.plain(title, LONGEST) or "event"
    yield plain
    yield f"{plain}-{on.isoformat()}"
    while True:
        yield f"{plain}-{codes.reference(4).lower()}"
