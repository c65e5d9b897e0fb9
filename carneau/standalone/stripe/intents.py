"""Payment intents: made when somebody first tries to pay, as Stripe does since API version 2022-08-01."""

from typing import Any

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.cards import Refusal
from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/payment_intents"
NOT_SAID = dict.fromkeys(
    [
        "application",
        "application_fee_amount",
        "canceled_at",
        "cancellation_reason",
        "customer",
        "customer_account",
        "description",
        "last_payment_error",
        "latest_charge",
        "next_action",
        "on_behalf_of",
        "payment_method",
        "payment_method_configuration_details",
        "processing",
        "receipt_email",
        "review",
        "setup_future_usage",
        "shipping",
        "source",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    ]
)


def open_for(world: World, session: Json) -> Json:
    if session["payment_intent"]:
        return world.load("payment_intent", session["payment_intent"])
    id = new_id("pi_3")
    session["payment_intent"] = id
    intent = {
        **NOT_SAID,
        "id": id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{new_id('')}",
        "confirmation_method": "automatic",
        "created": world.clock.now(),
        "currency": session["currency"],
        "livemode": False,
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": session["payment_method_types"],
        "status": "requires_payment_method",
        **session["_intent_data"],
    }
    world.store.put(intent)
    emit(world, "payment_intent.created", intent)
    return intent


def succeed(world: World, intent: Json, charge: Json) -> None:
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
        "last_payment_error": None,
        "processing": None,
    }
    world.store.put(intent)
    emit(world, "payment_intent.succeeded", intent)


def process(world: World, intent: Json, charge: Json) -> None:
    intent |= {
        "status": "processing",
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
    }
    world.store.put(intent)
    emit(world, "payment_intent.processing", intent)


def fail(world: World, intent: Json, charge: Json, refusal: Refusal) -> None:
    intent |= {
        "status": "requires_payment_method",
        "latest_charge": charge["id"],
        "payment_method": None,
        "last_payment_error": {
            "charge": charge["id"],
            "code": refusal.code,
            "decline_code": refusal.decline_code,
            "message": refusal.message,
            "type": "card_error",
        },
    }
    world.store.put(intent)
    emit(world, "payment_intent.payment_failed", intent)


def cancel(world: World, intent: Json) -> None:
    intent |= {"status": "canceled", "canceled_at": world.clock.now(), "cancellation_reason": "expired"}
    world.store.put(intent)
    emit(world, "payment_intent.canceled", intent)


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("payment_intent", id)


def index(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(params, {"created", "limit", "starting_after", "ending_before", "expand"})
    return listing.page(world, "payment_intent", params, URL, [])
