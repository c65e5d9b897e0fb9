"""A streaming replica for what is the same for everyone and may be a moment old. Whatever decides asks the primary."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from carneau.core import log
from carneau.core.db import REPLICA, db

T = TypeVar("T")
AWAY = (OperationalError, InterfaceError, TimeoutError)
AWAY_SECONDS = 10.0


class _Replica:
    away_until = 0.0


def read(ask: Callable[[], T]) -> T:
    """Where there is a replica. `ask` only reads, and may run twice: when it does not answer, the primary does."""
    if time.monotonic() < _Replica.away_until:
        return ask()
    db.session.info[REPLICA] = True
    try:
        return ask()
    except AWAY as error:
        _Replica.away_until = time.monotonic() + AWAY_SECONDS
        log.get(__name__).warning("replica did not answer", error=type(error).__name__)
    finally:
        db.session.remove()
    return ask()
