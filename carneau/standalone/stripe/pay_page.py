"""The hosted payment page, in plain HTML."""

from functools import partial

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from carneau.standalone.stripe import paying
from carneau.standalone.stripe.pay_form import PayForm
from carneau.standalone.stripe.paying import Over
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

Answer = Response | str | tuple[str, int]

FIELD_OF = {"card": "number", "expiry": "expiry", "cvc": "cvc"}


def blueprint(world: World) -> Blueprint:
    bp = Blueprint("pay", __name__)
    bp.add_url_rule("/c/pay/<session_id>", "new", partial(new, world), methods=["GET"])
    bp.add_url_rule("/c/pay/<session_id>", "create", partial(create, world), methods=["POST"])
    return bp


def new(world: World, session_id: str) -> Answer:
    session = current(world, session_id)
    if session is None:
        return render_template("unknown.html"), 404
    if session["status"] == "complete":
        return back_to_shop(session)
    if session["status"] == "expired":
        return render_template("expired.html", session=session, merchant=world.settings.merchant), 410
    return page(world, PayForm(session, {}))


def create(world: World, session_id: str) -> Answer:
    session = current(world, session_id)
    if session is None or session["status"] != "open":
        return new(world, session_id)
    form = PayForm(session, request.form)
    if not form.is_good():
        return page(world, form), 422
    try:
        with world.store.transaction():
            refusal = paying.pay(world, session_id, form.means())
    except Over:
        return new(world, session_id)
    if refusal:
        form.errors[FIELD_OF[refusal.field]] = refusal.message
        return page(world, form), 402
    return back_to_shop(session)


def current(world: World, session_id: str) -> Json | None:
    with world.store.transaction():
        paying.catch_up(world)
        return world.store.find("checkout.session", session_id)


def page(world: World, form: PayForm) -> str:
    return render_template("pay.html", session=form.session, form=form, merchant=world.settings.merchant)


def back_to_shop(session: Json) -> Response:
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)
