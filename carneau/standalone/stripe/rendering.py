"""What an answer shows: private fields left out, and `expand` followed."""

from collections.abc import Sequence
from typing import Any

from carneau.standalone.stripe.errors import BadParam
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

Tree = dict[str, Any]

ON_REQUEST = {"checkout.session": {"line_items"}, "charge": {"refunds"}}
EXPANDABLE = {
    "checkout.session": {"payment_intent": "payment_intent"},
    "payment_intent": {"latest_charge": "charge"},
    "charge": {"payment_intent": "payment_intent"},
    "refund": {"payment_intent": "payment_intent", "charge": "charge"},
    "dispute": {"payment_intent": "payment_intent", "charge": "charge"},
}


def render(world: World, thing: Json, expand: Sequence[str] = ()) -> Json:
    return shown(world, thing, tree_of(expand), "")


def tree_of(paths: Sequence[str]) -> Tree:
    tree: Tree = {}
    for path in paths:
        branch = tree
        for part in path.split("."):
            branch = branch.setdefault(part, {})
    return tree


def shown(world: World, thing: Json, tree: Tree, path: str) -> Json:
    if thing["object"] == "list":
        return shown_list(world, thing, tree, path)
    hidden = ON_REQUEST.get(thing["object"], set())
    out = {name: value for name, value in thing.items() if name[0] != "_" and name not in hidden}
    if thing["object"] == "event":
        out["pending_webhooks"] = pending_webhooks(world, thing["id"])
    for name, deeper in tree.items():
        out[name] = expanded(world, thing, name, deeper, f"{path}{name}")
    return out


def shown_list(world: World, thing: Json, tree: Tree, path: str) -> Json:
    for name in tree.keys() - {"data"}:
        raise not_expandable(f"{path}{name}")
    deeper = tree.get("data", {})
    return {**thing, "data": [shown(world, each, deeper, f"{path}data.") for each in thing["data"]]}


def expanded(world: World, thing: Json, name: str, deeper: Tree, path: str) -> Any:
    if name in ON_REQUEST.get(thing["object"], set()):
        return shown(world, thing[name], deeper, f"{path}.")
    kind = EXPANDABLE.get(thing["object"], {}).get(name)
    if kind is None:
        raise not_expandable(path)
    if thing[name] is None:
        return None
    return shown(world, world.load(kind, thing[name]), deeper, f"{path}.")


def not_expandable(path: str) -> BadParam:
    return BadParam(f"This property cannot be expanded ({path}).", code="property_cannot_be_expanded")


def pending_webhooks(world: World, event_id: str) -> int:
    sql = "SELECT count(*) > 0 FROM deliveries WHERE event_id = ? AND done = 0"
    return int(world.store.rows(sql, (event_id,))[0][0])
