"""An event is a snapshot: what the object was when it happened, whatever becomes of it."""

import json
import random
import time
from typing import Any

import stripe

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.errors import BadParam
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.rendering import render
from carneau.standalone.stripe.store import Json, Where
from carneau.standalone.stripe.world import World

URL = "/v1/events"
SCHEDULE = "INSERT INTO deliveries (event_id, due_at, first_at) VALUES (?, ?, ?)"


def emit(world: World, type: str, thing: Json, previous: Json | None = None) -> Json:
    data: Json = {"object": render(world, thing)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Json = {
        "id": new_id("evt_1"),
        "object": "event",
        "api_version": stripe.api_version,
        "created": world.clock.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": int(is_delivered(world, type)),
        "request": {"id": None, "idempotency_key": None},
        "type": type,
    }
    world.require_honest(event)
    world.store.put(event)
    if event["pending_webhooks"]:
        schedule(world, event["id"])
    return event


def is_delivered(world: World, type: str) -> bool:
    return bool(world.webhook_url) and world.switches.deliver and type in world.settings.webhook_events


def schedule(world: World, event_id: str) -> None:
    switches = world.switches
    now = time.time()
    for _ in range(switches.duplicates):
        if random.random() < switches.drop_probability:  # noqa: S311  a fault, no secret
            continue
        wait = switches.delay_seconds + random.random() * switches.reorder_seconds  # noqa: S311  as above
        world.store.db.execute(SCHEDULE, (event_id, now + wait, now))
    world.store.after_commit(lambda: wake(world))


def wake(world: World) -> None:
    with world.due:
        world.wakes += 1
        world.due.notify()


def payload_of(event: Json) -> str:
    return json.dumps(event, separators=(",", ":"))


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("event", id)


def index(world: World, params: dict[str, Any]) -> Json:
    if "type" in params and "types" in params:
        raise BadParam("You may only specify one of these parameters: type, types.", param="type")
    where: Where = []
    if "type" in params:
        where.append(("type GLOB ?", params["type"]))
    if types := params.get("types"):
        where.append((f"type IN ({', '.join('?' * len(types))})", types))
    if "delivery_success" in params:
        undelivered = "id IN (SELECT event_id FROM deliveries WHERE done = 0)"
        where.append((f"NOT {undelivered}" if params["delivery_success"] else undelivered, []))
    return listing.page(world, "event", params, URL, where)
