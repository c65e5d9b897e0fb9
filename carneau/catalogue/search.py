import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue.models import Event
from carneau.core.errors import Invalid

PARAMETERS = ("q", "month", "city")
LONGEST_QUESTION = 200
LONGEST_CITY = 100
MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
LAST_WORD = re.compile(r"(?:(?<=\s)|^)(\w+)$")
WIDEST_OFFSET = timedelta(hours=15)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor looks for; an empty text means: all the same."""

    q: str = ""
    month: str = ""
    city: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Raises Invalid for a month that is none. A question of any length is cut, not refused."""
        month = parameters.get("month", "").strip()
        if month and not MONTH.fullmatch(month):
            raise Invalid(_("A month is written as 2026-12. Please choose one from the list."))
        question = parameters.get("q", "")[:LONGEST_QUESTION]
        return cls(" ".join(question.split()), month, parameters.get("city", "").strip()[:LONGEST_CITY])

    def __bool__(self) -> bool:
        return bool(self.q or self.month or self.city)

    def parameters(self, **more: Any) -> dict[str, Any]:
        """For a link that keeps the wish."""
        every = {"q": self.q, "month": self.month, "city": self.city} | more
        return {name: str(value) for name, value in every.items() if value}

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if self.q:
            found.append(Event.search.bool_op("@@")(_question(self.q)))
        if self.city:
            found.append(sa.func.lower(Event.city) == self.city.lower())
        if self.month:
            found += _in_month(self.month)
        return found


def month_of_event() -> sa.ColumnElement[str]:
    """As `2026-12`, on the calendar of the event's own zone."""
    return sa.func.to_char(sa.func.timezone(Event.time_zone, Event.starts_at), "YYYY-MM")


def _in_month(month: str) -> list[sa.ColumnElement[bool]]:
    """The plain bounds let an index help; the exact test respects each event's zone."""
    first = date.fromisoformat(f"{month}-01")
    begin = datetime(first.year, first.month, 1, tzinfo=UTC)
    return [
        Event.starts_at >= begin - WIDEST_OFFSET,
        Event.starts_at < begin + timedelta(days=31) + WIDEST_OFFSET,
        month_of_event() == month,
    ]


def _question(q: str) -> sa.ColumnElement[Any]:
    """Words as in any search box (`"exact words"`, `-without`, `or`); the last one may be unfinished."""
    whole = sa.func.websearch_to_tsquery("simple", sa.func.folded(q))
    last = LAST_WORD.search(q)
    if last is None or q.count('"') % 2 or " or " in q.lower():
        return whole
    begun = sa.func.to_tsquery("simple", sa.func.folded(f"'{last[1]}':*"))
    return sa.func.websearch_to_tsquery("simple", sa.func.folded(q[: last.start()])).op("&&")(begun)
