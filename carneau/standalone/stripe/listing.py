"""Pages of objects, newest first, with Stripe's cursors."""

from typing import Any

from carneau.standalone.stripe.errors import BadParam, Missing
from carneau.standalone.stripe.store import Json, Where
from carneau.standalone.stripe.world import World

COMPARE = {"gt": "created > ?", "gte": "created >= ?", "lt": "created < ?", "lte": "created <= ?"}
NEWER_OR_OLDER = {"starting_after": "seq < ?", "ending_before": "seq > ?"}


def page(world: World, kind: str, params: dict[str, Any], url: str, where: Where) -> Json:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise BadParam("Invalid limit: must be between 1 and 100", param="limit")
    conditions = [("kind = ?", kind), *where, *created(params.get("created")), *cursor(world, kind, params)]
    backwards = "ending_before" in params
    found = world.store.page(conditions, limit + 1, oldest_first=backwards)
    kept = found[:limit]
    return as_list(kept[::-1] if backwards else kept, url, has_more=len(found) > limit)


def as_list(data: list[Json], url: str, has_more: bool = False) -> Json:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def created(wanted: Any) -> Where:
    if wanted is None:
        return []
    if isinstance(wanted, int):
        return [("created = ?", wanted)]
    return [(COMPARE[name], value) for name, value in wanted.items()]


def cursor(world: World, kind: str, params: dict[str, Any]) -> Where:
    if "starting_after" in params and "ending_before" in params:
        raise BadParam("You can only use one of `starting_after` and `ending_before`.", param="starting_after")
    where: Where = []
    for name, clause in NEWER_OR_OLDER.items():
        if name in params:
            rows = world.store.rows("SELECT seq FROM objects WHERE id = ? AND kind = ?", (params[name], kind))
            if not rows:
                raise Missing(kind, params[name], name)
            where.append((clause, rows[0][0]))
    return where


def equals(params: dict[str, Any], *columns: str) -> Where:
    return [(f"{column} = ?", params[column]) for column in columns if column in params]


def refuse_unsupported(params: dict[str, Any], supported: set[str]) -> None:
    """Valid for Stripe, not built here: said aloud, for a parameter ignored in silence would be a lie."""
    for name in params.keys() - supported:
        raise BadParam(f"The simulator does not support `{name}` here.", param=name)
