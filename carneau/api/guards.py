"""Who may call an operation."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from carneau.accounts.limits import TooOften
from carneau.core.db import transaction
from carneau.core.errors import Forbidden
from carneau.integrations import tokens
from carneau.integrations.scopes import Scope
from carneau.integrations.tokens import Bearer, TokenRefused

SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Access:
    """Anyone; who has a token with the scope; or, if it `is_open` too, whoever sends none. A door's device is let in by
    the operation itself."""

    scope: Scope | None = None
    is_open: bool = True
    is_for_devices: bool = False


ANYONE = Access()
WITH_DEVICE = Access(is_open=False, is_for_devices=True)


def with_token(scope: Scope) -> Access:
    return Access(scope, is_open=False)


def with_or_without(scope: Scope) -> Access:
    """A token is not needed, but whoever sends one is held to it."""
    return Access(scope)


class ScopeMissing(Forbidden):
    def __init__(self, scope: Scope) -> None:
        super().__init__(_("This token has no right to this: it lacks the scope %(scope)s.", scope=scope.value))


def admit(access: Access) -> Bearer | None:
    """None only where no token is needed and none was sent."""
    if access.scope is None:
        return None
    secret = find_secret()
    if secret is None:
        if not access.is_open:
            raise TokenRefused
        return None
    bearer = use(secret)
    if access.scope not in bearer.scopes:
        raise ScopeMissing(access.scope)
    return bearer


def find_secret() -> str | None:
    sent = request.headers.get("Authorization")
    if sent is None:
        return None
    return sent[len(SCHEME) :].strip() if sent[: len(SCHEME)].lower() == SCHEME else ""


def use(secret: str) -> Bearer:
    """In a transaction of its own, which commits also the call that is one too many."""
    with transaction():
        bearer, full_until = tokens.use(secret)
    if full_until is not None:
        raise TooOften(full_until)
    return bearer
