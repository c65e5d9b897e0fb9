"""The first answer to a key is the answer, for 24 hours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from carneau.standalone.stripe.errors import KeyInUse, KeyReused
from carneau.standalone.stripe.world import World

KEPT = 24 * 60 * 60
SAVE = (
    "INSERT INTO answers (key, request, status, body, request_id, kept_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET request = excluded.request, status = excluded.status,"
    " body = excluded.body, request_id = excluded.request_id, kept_at = excluded.kept_at"
)
FIND = "SELECT request, status, body, request_id FROM answers WHERE key = ? AND kept_at > ?"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    request_id: str
    replayed: bool = False


@contextmanager
def reserved(world: World, key: str | None) -> Iterator[None]:
    """Refuses the same key while its first request is still being worked on."""
    if key is None:
        yield
        return
    with world.store.lock:
        if key in world.busy_keys:
            raise KeyInUse(
                "There is currently another in-progress request using this Stripe Idempotency Key (that "
                f"probably means you submitted twice, and the other request is still going through): {key}. "
                "Please try again later.",
                code="idempotency_key_in_use",
            )
        world.busy_keys.add(key)
    try:
        yield
    finally:
        with world.store.lock:
            world.busy_keys.discard(key)


def saved(world: World, key: str, request: str) -> Answer | None:
    rows = world.store.rows(FIND, (key, world.clock.now() - KEPT))
    if not rows:
        return None
    first_request, status, body, request_id = rows[0]
    if first_request != request:
        raise KeyReused(
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            f"with. Try using a key other than '{key}' if you meant to execute a different request."
        )
    return Answer(status, body, request_id, replayed=True)


def save(world: World, key: str, request: str, answer: Answer) -> None:
    kept_at = world.clock.now()
    world.store.db.execute(SAVE, (key, request, answer.status, answer.body, answer.request_id, kept_at))
