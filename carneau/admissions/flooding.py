"""A device that is refused again and again is slowed by itself. What it was refused stands in its scans, so the count
needs nothing beside PostgreSQL and is the same for every process; each remembers whom it need not ask about."""

import time

from flask_babel import gettext as _

from carneau.core.errors import Conflict

MOST_REFUSALS = 40
SECONDS = 10
REMEMBERED = 1000
_blocked: dict[bytes, float] = {}


class TooFast(Conflict):
    seconds = SECONDS

    def __init__(self) -> None:
        super().__init__(_("This phone was refused very often just now. It can scan again in a few seconds."))


def require_patience(token_digest: bytes) -> None:
    until = _blocked.get(token_digest)
    if until is None:
        return
    if time.monotonic() < until:
        raise TooFast
    _blocked.pop(token_digest, None)


def block(token_digest: bytes) -> None:
    if len(_blocked) >= REMEMBERED:
        _blocked.clear()
    _blocked[token_digest] = time.monotonic() + SECONDS
