"""The controls over HTTP: JSON in and out, or plain forms of the simulator's own page."""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from flask import Blueprint, jsonify, redirect, request
from werkzeug.wrappers import Response

from carneau.standalone.stripe.controls import GOOD_CARD, Controls
from carneau.standalone.stripe.errors import BadParam
from carneau.standalone.stripe.params import missing
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.switching import switch

Given = dict[str, Any]
TRUE = (True, "true", "1", "on")


def blueprint(controls: Controls) -> Blueprint:
    bp = Blueprint("control", __name__, url_prefix="/_simulator")
    verbs = (pay, settle, expire, refund, settle_refund, dispute, advance, switches, webhook)
    for verb in verbs:
        view = partial(carry_out, controls, verb)
        bp.add_url_rule(f"/{verb.__name__}", verb.__name__, view, methods=["POST"])
    bp.add_url_rule("/switches", "show_switches", lambda: jsonify(asdict(controls.switches)), methods=["GET"])
    bp.add_url_rule("/events", "events", lambda: jsonify(controls.events(request.args.get("type"))))
    bp.add_url_rule("/deliveries", "deliveries", partial(deliveries, controls))
    bp.add_url_rule("/mismatches", "mismatches", lambda: jsonify(controls.world.mismatches))
    return bp


def carry_out(controls: Controls, verb: Callable[[Controls, Given], Json]) -> Response:
    given = request.get_json() if request.is_json else request.form.to_dict()
    if not isinstance(given, dict):
        raise BadParam("Send a JSON object.")
    outcome = verb(controls, given)
    return jsonify(outcome) if request.is_json else redirect("/_simulator", 303)


def need(given: Given, name: str) -> str:
    if not given.get(name):
        raise missing(name)
    return str(given[name])


def number(given: Given, name: str) -> float:
    try:
        return float(need(given, name))
    except ValueError as error:
        raise BadParam(f"{name} is a number.", param=name) from error


def pay(controls: Controls, given: Given) -> Json:
    refusal = controls.pay(
        need(given, "session"),
        str(given.get("card", GOOD_CARD)),
        method=given.get("method"),
        email=given.get("email"),
    )
    return {"session": controls.session(given["session"]), "refusal": asdict(refusal) if refusal else None}


def settle(controls: Controls, given: Given) -> Json:
    return controls.settle_delayed(need(given, "session"), given.get("succeeded", True) in TRUE)


def expire(controls: Controls, given: Given) -> Json:
    return controls.expire(need(given, "session"))


def refund(controls: Controls, given: Given) -> Json:
    amount = int(number(given, "amount")) if given.get("amount") else None
    return controls.refund(charge_in(controls, given), amount)


def settle_refund(controls: Controls, given: Given) -> Json:
    return controls.settle_refund(need(given, "refund"), given.get("succeeded", True) in TRUE)


def dispute(controls: Controls, given: Given) -> Json:
    return controls.dispute(charge_in(controls, given), str(given.get("reason", "fraudulent")))


def charge_in(controls: Controls, given: Given) -> str:
    if given.get("charge"):
        return str(given["charge"])
    return controls.charge_of(need(given, "session"))


def advance(controls: Controls, given: Given) -> Json:
    controls.advance(number(given, "seconds"))
    return {"now": controls.world.clock.now()}


def switches(controls: Controls, given: Given) -> Json:
    switch(controls.switches, given)
    return asdict(controls.switches)


def webhook(controls: Controls, given: Given) -> Json:
    controls.world.webhook_url = str(given["url"]) if given.get("url") else None
    return {"url": controls.world.webhook_url}


def deliveries(controls: Controls) -> Response:
    return jsonify([signed._asdict() for signed in controls.deliveries(request.args.get("type"))])
