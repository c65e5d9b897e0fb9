import re

from flask import Response, after_this_request, current_app, request

from carneau.accounts import guards as accounts
from carneau.cart import caps
from carneau.core import codes

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
WELCOMED = "carneau.visitor"
A_DAY = 24 * 60 * 60


def find_visitor() -> str | None:
    """The secret in the visitor's cookie, or that this request gave; None for who has none, or something that we never
    gave out."""
    secret = request.environ.get(WELCOMED) or request.cookies.get(_name(), "")
    return secret if SECRET.fullmatch(secret) else None


def visitor() -> str:
    """The visitor's secret; who has none gets one with the answer to this request."""
    secret = find_visitor() or codes.secret()
    if WELCOMED not in request.environ:
        welcome(secret)
    return secret


def welcome(secret: str) -> None:
    """The answer to this request brings the cookie."""
    request.environ[WELCOMED] = secret
    after_this_request(_remember)


def network() -> bytes | None:
    """Where the visitor comes from, as caps count it."""
    return caps.digest_of(accounts.network())


def _remember(response: Response) -> Response:
    secret = request.environ[WELCOMED]
    response.set_cookie(_name(), secret, max_age=A_DAY, httponly=True, samesite="Lax", secure=_is_secure())
    return response


def _name() -> str:
    return "__Host-cart" if _is_secure() else "cart"


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
