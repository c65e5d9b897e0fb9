"""What pages of other sites may read. Off by default; `*` in the setting CORS_ORIGINS opens what is public anyway, and
an origin that is named may call everything. No answer ever allows a browser to send our cookies along."""

from flask import Response, current_app, request

from carneau.core import settings

HEADERS = "Authorization, Content-Type, Idempotency-Key"
EXPOSED = "ETag, Retry-After"
AN_HOUR = "3600"


def allow(response: Response) -> Response:
    listed = settings.current().cors_origins
    if listed and _is_public():
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    elif listed:
        response.vary.add("Origin")
        _allow_listed(response, request.headers.get("Origin", ""), listed)
    return response


def is_listed(origin: str | None) -> bool:
    return origin is not None and origin != "*" and origin in settings.current().cors_origins


def _is_public() -> bool:
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "is_public", False))


def _allow_listed(response: Response, origin: str, listed: tuple[str, ...]) -> None:
    if origin == "*" or origin not in listed:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
        response.headers["Access-Control-Allow-Headers"] = HEADERS
        response.headers["Access-Control-Max-Age"] = AN_HOUR
