import random
import time
from typing import Any

import psycopg.errors
import sqlalchemy.exc
from flask import Flask
from flask.typing import ResponseReturnValue

from carneau.core.db import db

TRIES = 3
PASSING = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.AdminShutdown,
)


def is_passing(error: sqlalchemy.exc.DBAPIError) -> bool:
    return error.connection_invalidated or isinstance(error.orig, PASSING)


class RetryingFlask(Flask):
    """Runs a view again when its transaction lost a deadlock or its connection: nothing was committed then,
    and every step that reaches out (Stripe) is idempotent. What still fails is answered 503 by `web.errors`."""

    def log_exception(self, exc_info: Any) -> None:
        """`web.errors.crashed` logs it, once and as JSON."""

    def dispatch_request(self) -> ResponseReturnValue:
        for attempt in range(1, TRIES):
            try:
                return super().dispatch_request()
            except sqlalchemy.exc.DBAPIError as error:
                if not is_passing(error):
                    raise
                db.session.remove()
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311  a pause, no secret
        return super().dispatch_request()
