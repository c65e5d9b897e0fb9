import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue

from carneau.core.db import db, transaction

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    return {"status": "alive"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Able to serve: the database answers. Without it the answer is 503, by the same road as for every page."""
    with transaction():
        db.session.execute(sa.text("SELECT 1"))
    return {"status": "ready"}
