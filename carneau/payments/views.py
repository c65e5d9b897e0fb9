from flask import Blueprint, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from carneau.payments import webhook

bp = Blueprint("payments", __name__)
LARGEST_EVENT_BYTES = 256 * 1024
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.record_once
def exempt_from_origin_check(state: BlueprintSetupState) -> None:
    """Stripe is no browser; its signature says more than an Origin could."""
    config = state.app.config
    config["ORIGIN_EXEMPT"] = (*config.get("ORIGIN_EXEMPT", ()), "payments.webhook_create")


@bp.post("/webhook")
def webhook_create() -> ResponseReturnValue:
    request.max_content_length = LARGEST_EVENT_BYTES
    try:
        return webhook.receive(request.get_data(), request.headers.get("Stripe-Signature")), 200, PLAIN
    except webhook.Refused as refused:
        return str(refused), 400, PLAIN
