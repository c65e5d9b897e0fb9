"""For other scanners: one call, with the token of a device."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from carneau.admissions import admission, attempts, queries, reading
from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.flooding import TooFast
from carneau.admissions.models import Answer, Reason
from carneau.admissions.verdicts import Attempt
from carneau.api import guards
from carneau.api.operations import ApiBlueprint
from carneau.api.reading import Input, Line
from carneau.core.db import transaction
from carneau.integrations.resources import Resource
from carneau.web import problems

bp = ApiBlueprint("api_tickets", __name__)


class Scan(Input):
    """What a scanner read. The nonce is a new UUID for each attempt and the same one for its retries."""

    code: Annotated[str, Meta(min_length=1, max_length=20_000, description="The text of the QR code, whole or not")]
    nonce: UUID
    gate: Annotated[Line, Meta(description="The id of a gate")] = ""
    direction: Literal["entry", "exit"] = "entry"
    event: Annotated[Line, Meta(description="The id of an event; else the gate's, else the code's")] = ""


class Verdict(Resource):
    """`count` of `of` who belong together are in; `when` and `gate` tell of the admission before, or `gate` where to
    go. `sentence` is for people."""

    verdict: Answer
    sentence: str
    scan: UUID
    reason: Reason | None
    name: str | None
    type: str | None
    count: int | None
    of: int | None
    when: datetime | None
    gate: str | None
    ticket: str | None


@bp.errorhandler(NotLetIn)
def not_let_in(error: NotLetIn) -> Response:
    response = problems.of(error, 401)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Carneau"'
    return response


@bp.errorhandler(TooFast)
def too_fast(error: TooFast) -> Response:
    response = problems.of(error, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@bp.operation(
    "/api/tickets/verify",
    method="POST",
    summary="Let somebody in, or say why not",
    body=Scan,
    answer=Verdict,
    access=guards.WITH_DEVICE,
    refusals={
        401: "The token is missing, or no token of a device that may scan now.",
        429: "This device was refused too often within seconds; `Retry-After` says when it may scan again.",
    },
)
def verify(body: Scan) -> Verdict:
    """Bearer authentication with the token of a device: a door link gives one to who posts `name` to it and asks for
    JSON. Every scanned code is answered 200 with a verdict; the same nonce gets the same verdict."""
    phone, attempt = _phone(), attempts.of_mapping(msgspec.to_builtins(body))
    slug = body.event or _slug(phone, attempt)
    return msgspec.convert(admission.admit(phone, slug, attempt).as_json(), Verdict)


def _phone() -> Phone:
    token = guards.find_secret()
    if not token:
        raise NotLetIn
    return Phone.of(token)


def _slug(phone: Phone, attempt: Attempt) -> str:
    with transaction():
        slug = queries.find_slug(phone, reading.read(attempt.code).event_id, attempt.gate)
    if slug is None:
        raise NotLetIn
    return slug
