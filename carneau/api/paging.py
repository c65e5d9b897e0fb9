from typing import Annotated
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from carneau.api.reading import Query
from carneau.core import settings
from carneau.web.paging import Cursor, Position

MOST = 100


class Cursors(Query):
    """Page by page: `after` comes from the `next` of the page before and is not made by hand."""

    after: Annotated[
        str, Meta(pattern=r"^([0-9]{1,16}\.[A-Za-z0-9-]{1,120})?$", description="From `next` of the page before")
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most")] = 24


def cursor_of(query: Cursors) -> Cursor:
    return Cursor(Position.parse(query.after)) if query.after else Cursor()


def next_url(path: str, query: Query, after: Position | str | None) -> str | None:
    if after is None:
        return None
    kept = {name: value for name, value in msgspec.to_builtins(query).items() if value not in ("", None)}
    return f"{settings.current().base_url}{path}?{urlencode(kept | {'after': str(after)})}"
