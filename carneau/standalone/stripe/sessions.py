"""Checkout Sessions: open until they are complete, or expired."""

from typing import Any

from carneau.standalone.stripe import intents, line_items, listing
from carneau.standalone.stripe.demands import (
    INTENT_DATA,
    LONGEST,
    SUPPORTED,
    require_complete,
    require_metadata,
    require_span,
)
from carneau.standalone.stripe.errors import ApiProblem
from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

URL = "/v1/checkout/sessions"
BANK_DEBIT = {"usd": "us_bank_account", "gbp": "bacs_debit", "cad": "acss_debit", "aud": "au_becs_debit"}
ECHOED = (
    "allowed_payment_method_types",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "excluded_payment_method_types",
    "locale",
)
NOT_SAID = dict.fromkeys(
    [
        "after_expiration",
        "allow_promotion_codes",
        "client_secret",
        "collected_information",
        "consent",
        "consent_collection",
        "currency_conversion",
        "customer",
        "customer_account",
        "customer_details",
        "invoice",
        "payment_intent",
        "payment_link",
        "payment_method_configuration_details",
        "recovered_from",
        "saved_payment_method_options",
        "setup_intent",
        "shipping_address_collection",
        "shipping_cost",
        "subscription",
        "wallet_options",
    ]
)
TEXTS = dict.fromkeys(["after_submit", "shipping_address", "submit", "terms_of_service_acceptance"])


def create(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(params, SUPPORTED)
    require_complete(params)
    now = world.clock.now()
    expires_at = params.get("expires_at", now + LONGEST)
    require_span(expires_at, now)
    session = build(world, params, now, expires_at)
    return world.store.put(session, due_at=expires_at)


def build(world: World, params: dict[str, Any], now: int, expires_at: int) -> Json:
    id = new_id("cs_test_a1", 58)
    items = line_items.build(params["line_items"], now, f"{URL}/{id}/line_items")
    total = sum(item["amount_total"] for item in items["data"])
    currency = items["data"][0]["currency"] if items["data"] else params.get("currency", "usd")
    given = {name: params.get(name) for name in ECHOED}
    intent_data = params.get("payment_intent_data", {})
    listing.refuse_unsupported(intent_data, INTENT_DATA)
    require_metadata(intent_data.get("metadata", {}), "payment_intent_data[metadata]")
    return {
        **NOT_SAID,
        **given,
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": params.get("billing_address_collection"),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": TEXTS,
        "customer_creation": params.get("customer_creation", "if_required"),
        "discounts": [],
        "expires_at": expires_at,
        "invoice_creation": None,
        "line_items": items,
        "livemode": False,
        "metadata": require_metadata(params.get("metadata", {}), "metadata"),
        "mode": "payment",
        "origin_context": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": payment_methods(params, currency),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{world.public_url}/c/pay/{id}",
        "_intent_data": intent_data,
    }


def payment_methods(params: dict[str, Any], currency: str) -> list[str]:
    known = ("card", "sepa_debit", *BANK_DEBIT.values())
    allowed = params.get("allowed_payment_method_types", ["card", BANK_DEBIT.get(currency, "sepa_debit")])
    excluded = params.get("excluded_payment_method_types", [])
    methods = [method for method in allowed if method in known and method not in excluded]
    if not methods:
        raise ApiProblem(
            f"No way to pay is left; the simulator knows {', '.join(known)}.",
            param="allowed_payment_method_types",
        )
    return methods


def retrieve(world: World, params: dict[str, Any], id: str) -> Json:
    return world.load("checkout.session", id)


def index(world: World, params: dict[str, Any]) -> Json:
    listing.refuse_unsupported(
        params,
        {"created", "limit", "starting_after", "ending_before", "expand", "payment_intent", "status"},
    )
    where = listing.equals(params, "payment_intent", "status")
    return listing.page(world, "checkout.session", params, URL, where)


def line_items_index(world: World, params: dict[str, Any], id: str) -> Json:
    items: Json = world.load("checkout.session", id)["line_items"]
    listing.refuse_unsupported(params, {"limit", "starting_after", "expand"})
    ids = [item["id"] for item in items["data"]]
    start = ids.index(params["starting_after"]) + 1 if params.get("starting_after") in ids else 0
    limit = params.get("limit", 10)
    rest = items["data"][start:]
    return listing.as_list(rest[:limit], items["url"], has_more=len(rest) > limit)


def expire(world: World, params: dict[str, Any], id: str) -> Json:
    session = world.load("checkout.session", id)
    if session["status"] != "open":
        raise ApiProblem(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return close(world, session)


def close(world: World, session: Json) -> Json:
    session |= {"status": "expired", "url": None}
    world.store.put(session)
    if session["payment_intent"]:
        intents.cancel(world, world.load("payment_intent", session["payment_intent"]))
    emit(world, "checkout.session.expired", session)
    return session
