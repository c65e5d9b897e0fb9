"""The cookie of a phone that scans at doors. It knows nothing of doors itself, so every page may ask for it."""

import re

from flask import Response, current_app, request

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LIFE_SECONDS = 400 * 24 * 60 * 60


def find_token() -> str | None:
    token = request.cookies.get(_name(), "")
    return token if TOKEN.fullmatch(token) else None


def remember(response: Response, token: str) -> Response:
    """For as long as browsers keep a cookie at all: whether it still opens anything, the database says."""
    response.set_cookie(
        _name(), token, max_age=LIFE_SECONDS, path="/", httponly=True, samesite="Lax", secure=_is_secure()
    )
    return response


def _name() -> str:
    return "__Host-door" if _is_secure() else "door"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
