"""For other scanners: one call, with the token of a device (a door link gives it to who asks for JSON)."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from carneau.admissions import admission, attempts, queries, reading
from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.flooding import TooFast
from carneau.admissions.verdicts import Attempt
from carneau.core.db import transaction
from carneau.core.errors import Refusal
from carneau.web import errors

bp = Blueprint("api_tickets", __name__)
SCHEME = "bearer "
LONGEST_TOKEN = 200


@bp.record_once
def exempt(state: BlueprintSetupState) -> None:
    """It reads no cookie, so there is nothing that another site could abuse; a scanner in a web view has an origin."""
    state.app.config["ORIGIN_EXEMPT"] = (*state.app.config.get("ORIGIN_EXEMPT", ()), "api_tickets.verify")


@bp.errorhandler(Refusal)
def refused(error: Refusal) -> Response:
    status = 429 if isinstance(error, TooFast) else errors.status_of(error)
    if isinstance(error, NotLetIn):
        status = 401
    response = make_response(jsonify(error=str(error), fields=getattr(error, "errors", {})), status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooFast):
        response.headers["Retry-After"] = str(error.seconds)
    return response


@bp.post("/api/tickets/verify")
def verify() -> ResponseReturnValue:
    """`{code, nonce, gate?, direction?, event?}`; without an event it is the gate's, else the code's."""
    phone, sent = _phone(), _sent()
    attempt = attempts.of_mapping(sent)
    return jsonify(admission.admit(phone, _slug(phone, attempt, sent), attempt).as_json())


def _phone() -> Phone:
    header = request.headers.get("Authorization", "")
    token = header[len(SCHEME) :].strip() if header[: len(SCHEME)].lower() == SCHEME else ""
    if not token or len(token) > LONGEST_TOKEN:
        raise NotLetIn
    return Phone.of(token)


def _sent() -> Any:
    try:
        return json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        return None


def _slug(phone: Phone, attempt: Attempt, sent: dict[str, Any]) -> str:
    named = sent.get("event")
    if isinstance(named, str) and named:
        return named
    with transaction():
        slug = queries.find_slug(phone, reading.read(attempt.code).event_id, attempt.gate)
    if slug is None:
        raise NotLetIn
    return slug
