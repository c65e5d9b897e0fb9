"""Who is here. Only pages that ask read the session's cookie: public ones are the same for everyone."""

from ipaddress import IPv6Address, ip_address, ip_network

import flask_login
from flask import Flask, request, session
from flask_babel import gettext as _

from carneau.accounts import queries
from carneau.accounts.models import User
from carneau.core.errors import Forbidden

login_manager = flask_login.LoginManager()
login_manager.session_protection = None
login_manager.user_loader(queries.find_by_session)


class LoginNeeded(Forbidden):
    pass


def init_app(app: Flask) -> None:
    """Not the manager's own init_app: it reads the session after every request, and each answer would then say that it
    varies by cookie, also those that a shared cache may keep."""
    app.login_manager = login_manager  # type: ignore[attr-defined]


def find_user() -> User | None:
    user = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None


def user() -> User:
    """Who is logged in; sends everyone else to the log-in page, and from there back."""
    found = find_user()
    if found is None:
        raise LoginNeeded(_("Please log in first."))
    return found


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
