"""One attempt, answered as a page or as JSON, whichever was asked for."""

import json
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, jsonify, make_response, request
from flask_babel import gettext as _

from carneau.admissions import gates, queries
from carneau.admissions.admission import NotLetIn
from carneau.admissions.flooding import TooFast
from carneau.admissions.queries import Place
from carneau.core.db import transaction
from carneau.core.errors import Refusal
from carneau.door import guards
from carneau.web import errors, render

WITH_CAMERA = "camera=(self), microphone=(), geolocation=(), payment=()"


def register(bp: Blueprint) -> None:
    bp.register_error_handler(Refusal, refused)


def wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def sent() -> Any:
    """The JSON that came, of whatever shape; None for what is none."""
    try:
        return json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        return None


def refused(error: Refusal) -> Response:
    if wants_json():
        response = make_response(jsonify(error=str(error), fields=getattr(error, "errors", {})), _status(error))
    elif isinstance(error, NotLetIn):
        response = render.page("door/refused.html", status=403, text=str(error))
    elif isinstance(error, TooFast):
        response = errors.answer(429, _("One moment"), str(error))
    else:
        response = errors.refused(error)
    if isinstance(error, TooFast):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _status(error: Refusal) -> int:
    if isinstance(error, NotLetIn):
        return 401
    return 429 if isinstance(error, TooFast) else errors.status_of(error)


def page(place: Place, **context: Any) -> Response:
    """The scan page, with the last verdict on top if there is one."""
    status = context.pop("status", 200)
    asked = request.values.get("gate", "")
    all_gates = gates.of(place.event.id)
    gate = next((each for each in all_gates if each.public_id == asked), None)
    response = render.page(
        "door/show.html",
        blocks=("scanning",),
        status=status,
        event=place.event,
        device=place.device,
        gates=all_gates,
        gate=gate,
        direction="exit" if request.values.get("direction") == "exit" else "entry",
        nonce=uuid4(),
        counts=queries.counts(place.event),
        **context,
    )
    response.headers["Permissions-Policy"] = WITH_CAMERA
    return response


def scanned(slug: str, **context: Any) -> Response:
    with transaction():
        return page(guards.place(slug), **context)
