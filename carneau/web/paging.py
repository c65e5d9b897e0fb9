"""Pages by key: each page says where it begins or ends, so page 1,000 costs what page 1 costs, and rows that come and
go meanwhile neither repeat nor hide others."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Self, TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import InstrumentedAttribute

from carneau.core.errors import Invalid

TOKEN = re.compile(r"([0-9]{1,16})\.([A-Za-z0-9-]{1,120})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARAMETERS = ("after", "before")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Position:
    """A row's place in the order: a moment, and the row's public name where two share it."""

    at: datetime
    name: str

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // timedelta(microseconds=1)}.{self.name}"

    @classmethod
    def parse(cls, token: str) -> Self:
        if not (found := TOKEN.fullmatch(token)):
            raise Invalid(_("This link to a page is incomplete. Please begin again at the first page."))
        return cls(EPOCH + timedelta(microseconds=int(found[1])), found[2])


@dataclass(frozen=True, slots=True)
class Cursor:
    position: Position | None = None
    backwards: bool = False

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Raises Invalid. `before` counts only where there is no `after`."""
        if after := parameters.get("after"):
            return cls(Position.parse(after))
        if before := parameters.get("before"):
            return cls(Position.parse(before), backwards=True)
        return cls()


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    before: Position | None
    after: Position | None


def cut(
    statement: sa.Select[Any],
    at: InstrumentedAttribute[datetime],
    name: InstrumentedAttribute[str],
    cursor: Cursor,
    size: int,
) -> sa.Select[Any]:
    """The statement for one page and one row more, which tells whether there is a page behind it."""
    key = sa.tuple_(at, name)
    if cursor.position:
        edge = sa.tuple_(sa.literal(cursor.position.at), sa.literal(cursor.position.name))
        statement = statement.where(key < edge if cursor.backwards else key > edge)
    order = (at.desc(), name.desc()) if cursor.backwards else (at, name)
    return statement.order_by(*order).limit(size + 1)


def page(rows: Sequence[Row], position_of: Callable[[Row], Position], cursor: Cursor, size: int) -> Page[Row]:
    """What `cut` found, in reading order, with the positions where the neighbouring pages begin."""
    shown = list(rows[:size])
    more = len(rows) > size
    if cursor.backwards:
        shown.reverse()
    if not shown:
        return Page([], None, None)
    first, last = position_of(shown[0]), position_of(shown[-1])
    has_before = more if cursor.backwards else cursor.position is not None
    has_after = cursor.backwards or more
    return Page(shown, first if has_before else None, last if has_after else None)
