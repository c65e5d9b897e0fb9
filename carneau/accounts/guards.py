"""Who is here. Only pages that ask read the session's cookie: public ones are the same for everyone."""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

import flask_login
from flask import Flask, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import queries
from carneau.accounts.models import User
from carneau.core import settings
from carneau.core.errors import Forbidden

login_manager = flask_login.LoginManager()
login_manager.session_protection = None
login_manager.user_loader(queries.find_by_session)


View = Callable[..., ResponseReturnValue]


class LoginNeeded(Forbidden):
    pass


class SecondFactorNeeded(Forbidden):
    pass


def init_app(app: Flask) -> None:
    """Not the manager's own init_app: it reads the session after every request, and each answer would then say that it
    varies by cookie, also those that a shared cache may keep."""
    app.login_manager = login_manager  # type: ignore[attr-defined]  # where Flask-Login looks for it


def find_user() -> User | None:
    user = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None


def user() -> User:
    """Who is logged in; sends everyone else to the log-in page, and from there back."""
    found = find_user()
    if found is None:
        raise LoginNeeded(_("Please log in first."))
    return found


def with_second_factor(view: View) -> View:
    """For a view that moves other people's money. Only where the money is real: the demo's log-ins, whose password is
    printed for everyone, have none and need none."""

    @wraps(view)
    def wrapper(*args: Any, **values: Any) -> ResponseReturnValue:
        if user().totp_secret is None and settings.current().env == "production":
            raise SecondFactorNeeded(_("Whoever moves money needs a second factor. Switch it on, then come back."))
        return view(*args, **values)

    return wrapper


def begin_session(user: User) -> None:
    """Nothing of the session before lives on, so that nobody can have prepared it."""
    session.clear()
    session.permanent = True
    flask_login.login_user(user)


def end_session() -> None:
    flask_login.logout_user()
    session.clear()


def network() -> str:
    """Where a request comes from, for limits: an IPv4 address, or the /64 that one IPv6 household has."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
