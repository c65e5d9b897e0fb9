from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from carneau.core import settings
from carneau.ops import readiness

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

bp = Blueprint("health", __name__)
ASKED_BY_MACHINES = ("/healthz", "/readyz", "/metrics")


class AnyHost:
    """WSGI middleware: probes ask by the address of a machine, which is none of the hosts that we serve."""

    def __init__(self, app: Flask) -> None:
        self.app = app.wsgi_app
        self.host = urlsplit(settings.current().base_url).netloc

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("PATH_INFO") in ASKED_BY_MACHINES:
            environ["HTTP_HOST"] = self.host
        return self.app(environ, start_response)


def init_app(app: Flask) -> None:
    app.wsgi_app = AnyHost(app)  # type: ignore[method-assign]  # how Flask is wrapped


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    return {"status": "alive"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Without the database the answer is 503, by the same road as for every page."""
    found = readiness.look()
    answer: dict[str, Any] = {"status": found.status}
    for name in ("failing", "degraded"):
        if said := getattr(found, name):
            answer[name] = said
    return answer, 503 if found.failing else 200
