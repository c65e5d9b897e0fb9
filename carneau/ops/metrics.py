import hmac

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from carneau.core import settings
from carneau.ops import figures
from carneau.web import measuring

bp = Blueprint("metrics", __name__)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/metrics")
def show() -> ResponseReturnValue:
    """For whoever knows METRICS_TOKEN (`Authorization: Bearer ...`); where none is set there is no such page."""
    token = settings.current().metrics_token
    if token is None:
        abort(404)
    given = request.authorization.token if request.authorization else None
    if not hmac.compare_digest((given or "").encode(), token.encode()):
        return Response("Bearer token needed\n", 401, {"WWW-Authenticate": "Bearer"}, content_type=TEXT)
    return Response(measuring.exposition(figures.FromRows()), content_type=TEXT)
