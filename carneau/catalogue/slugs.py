import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from carneau.core import codes

LONGEST = 80
LETTERS_WITHOUT_PARTS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def from_title(title: str) -> str:
    """`Café Łódź` -> `cafe-lodz`; a title without a Latin letter or digit gives `event`."""
    plain = unicodedata.normalize("NFKD", title.casefold().translate(LETTERS_WITHOUT_PARTS))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).replace("'", ""))
    return "-".join(words)[:LONGEST].rstrip("-") or "event"


def candidates(title: str, on: date) -> Iterator[str]:
    """The plain slug, the one with its day (another date of a run), then ones that nobody else has."""
    plain = from_title(title)
    yield plain
    yield f"{plain}-{on.isoformat()}"
    while True:
        yield f"{plain}-{codes.reference(4).lower()}"
