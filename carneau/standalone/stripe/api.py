"""One request to `/v1`: key, idempotency, typed params, verb, honest answer."""

import json
from functools import partial
from typing import Any

import stripe
from flask import Blueprint, Response, request

from carneau.standalone.stripe import faults, form, idempotency, params, paying
from carneau.standalone.stripe.endpoints import ENDPOINTS, Endpoint
from carneau.standalone.stripe.errors import ApiProblem, BadParam, Broken, Unauthorized
from carneau.standalone.stripe.idempotency import Answer
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.objects import Mismatch
from carneau.standalone.stripe.rendering import render
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World


def blueprint(world: World) -> Blueprint:
    bp = Blueprint("api", __name__, url_prefix="/v1")
    for endpoint in ENDPOINTS:
        name = f"{endpoint.method} {endpoint.path}".replace("/", " ")
        view = partial(answer, world, endpoint)
        bp.add_url_rule(f"/{endpoint.path}", name, view, methods=[endpoint.method])
    bp.add_url_rule("/<path:rest>", "unknown", partial(unknown, world), methods=["GET", "POST", "DELETE"])
    return bp


def answer(world: World, endpoint: Endpoint, **path: str) -> Response:
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    try:
        require_key(world)
        require_version()
        with idempotency.reserved(world, key):
            return respond(worked_once(world, endpoint, path, key), key)
    except faults.HtmlAnswer:
        return Response(faults.HTML, 502, content_type="text/html")
    except ApiProblem as error:
        return respond(Answer(error.status, dump(error.body()), new_id("req_", 14)), key)


def worked_once(world: World, endpoint: Endpoint, path: dict[str, str], key: str | None) -> Answer:
    encoded = (
        request.get_data(as_text=True) if request.method == "POST" else request.query_string.decode(errors="replace")
    )
    fingerprint = f"{request.method} {request.path} {encoded}"
    if key and (found := idempotency.saved(world, key, fingerprint)):
        return found
    spoilt = faults.before_the_work(world.switches)
    typed = params.read(endpoint.params, form.parse(encoded))
    with world.store.transaction():
        paying.catch_up(world)
        outcome = work(world, endpoint, typed, path)
        if key:
            idempotency.save(world, key, fingerprint, outcome)
    if spoilt:
        raise faults.spoil()
    return outcome


def work(world: World, endpoint: Endpoint, typed: dict[str, Any], path: dict[str, str]) -> Answer:
    id = new_id("req_", 14)
    try:
        thing = render(world, endpoint.verb(world, typed, **path), typed.get("expand", ()))
        world.require_honest(thing)
    except BadParam:
        raise
    except Mismatch as mismatch:
        raise Broken(f"The simulator would have lied: {mismatch}") from mismatch
    except ApiProblem as error:
        return Answer(error.status, dump(error.body()), id)
    return Answer(200, dump(thing), id)


def require_key(world: World) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme == "Basic" and request.authorization:
        given = request.authorization.username or ""
    if not given:
        raise Unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if given != world.settings.secret_key:
        raise Unauthorized(f"Invalid API Key provided: {given[:8]}{'*' * 8}{given[-4:]}")


def require_version() -> None:
    given = request.headers.get("Stripe-Version", stripe.api_version)
    if given != stripe.api_version:
        raise ApiProblem(f"Invalid Stripe API version: {given}. The simulator speaks {stripe.api_version}.")


def respond(answer: Answer, key: str | None) -> Response:
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers["Request-Id"] = answer.request_id
    response.headers["Stripe-Version"] = str(stripe.api_version)
    if key:
        response.headers["Idempotency-Key"] = key
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Original-Request"] = answer.request_id
    return response


def unknown(world: World, rest: str) -> Response:
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return respond(Answer(404, dump(ApiProblem(message).body()), new_id("req_", 14)), None)


def dump(thing: Json) -> str:
    return json.dumps(thing, separators=(",", ":"))
