"""Charges: one for each try that reached the bank."""

from typing import Any

from carneau.standalone.stripe import listing
from carneau.standalone.stripe.cards import Refusal, brand_of
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.means import Means
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/charges"
NOT_SAID = dict.fromkeys(
    [
        "application",
        "application_fee",
        "application_fee_amount",
        "balance_transaction",
        "customer",
        "description",
        "failure_balance_transaction",
        "failure_code",
        "failure_message",
        "on_behalf_of",
        "radar_options",
        "receipt_email",
        "receipt_number",
        "receipt_url",
        "review",
        "shipping",
        "source",
        "source_transfer",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    ]
)
NO_ADDRESS = dict.fromkeys(["city", "country", "line1", "line2", "postal_code", "state"])
APPROVED = {
    "advice_code": None,
    "network_advice_code": None,
    "network_decline_code": None,
    "network_status": "approved_by_network",
    "reason": None,
    "risk_level": "normal",
    "risk_score": 20,
    "seller_message": "Payment complete.",
    "type": "authorized",
}


def build(world: World, intent: Json, means: Means, status: str) -> Json:
    id = new_id("ch_3" if means.is_card else "py_3")
    return {
        **NOT_SAID,
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if status == "succeeded" else 0,
        "amount_refunded": 0,
        "billing_details": {
            "address": NO_ADDRESS,
            "email": means.email,
            "name": means.name,
            "phone": None,
            "tax_id": None,
        },
        "calculated_statement_descriptor": world.settings.merchant.upper()[:22],
        "captured": status == "succeeded",
        "created": world.clock.now(),
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": APPROVED,
        "paid": status == "succeeded",
        "payment_intent": intent["id"],
        "payment_method": new_id("pm_1"),
        "payment_method_details": details_of(means),
        "refunded": False,
        "refunds": listing.as_list([], f"{URL}/{id}/refunds"),
        "status": status,
    }


def refuse(charge: Json, refusal: Refusal) -> Json:
    return charge | {
        "status": "failed",
        "paid": False,
        "captured": False,
        "amount_captured": 0,
        "failure_code": refusal.code,
        "failure_message": refusal.message,
        "outcome": {
            **APPROVED,
            "network_status": "declined_by_network",
            "reason": refusal.decline_code,
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        },
    }


def settle(charge: Json) -> Json:
    return charge | {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
    }


def details_of(means: Means) -> Json:
    if not means.is_card:
        return {means.method: {}, "type": means.method}
    return {
        "type": "card",
        "card": {
            "brand": brand_of(means.number),
            "country": "US",
            "exp_month": means.exp_month,
            "exp_year": means.exp_year,
            "fingerprint": means.number[-4:] * 4,
            "funding": "credit",
            "last4": means.number[-4:],
            "network": brand_of(means.number),
        },
    }


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("charge", id)


def index(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(
        params, {"created", "limit", "starting_after", "ending_before", "expand", "payment_intent"}
    )
    return listing.page(world, "charge", params, URL, listing.equals(params, "payment_intent"))
