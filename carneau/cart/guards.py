import re

from flask import Response, after_this_request, current_app, g, request

from carneau.core import codes

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
A_DAY = 24 * 60 * 60


def find_visitor() -> str | None:
    """The secret in the visitor's cookie; None for who has none, or something that we never gave out."""
    secret = request.cookies.get(_name(), "")
    return secret if SECRET.fullmatch(secret) else None


def visitor() -> str:
    """The visitor's secret; who has none gets one with the answer to this request."""
    if "visitor" not in g:
        g.visitor = find_visitor() or codes.secret()
        after_this_request(_remember)
    secret: str = g.visitor
    return secret


def _remember(response: Response) -> Response:
    response.set_cookie(_name(), g.visitor, max_age=A_DAY, httponly=True, samesite="Lax", secure=_is_secure())
    return response


def _name() -> str:
    return "__Host-cart" if _is_secure() else "cart"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
