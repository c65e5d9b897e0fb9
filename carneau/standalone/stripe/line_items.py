"""Prices given inline become line items; the sums are Stripe's to make, so they are made here."""

from typing import Any

from carneau.standalone.stripe.errors import ApiProblem, BadParam
from carneau.standalone.stripe.ids import new_id
from carneau.standalone.stripe.listing import as_list, refuse_unsupported
from carneau.standalone.stripe.params import missing
from carneau.standalone.stripe.store import Json

MINIMUM = {"usd": 50, "eur": 50, "chf": 50, "gbp": 30, "jpy": 50, "sek": 300, "nok": 300, "dkk": 250}
MINIMUM |= {"pln": 200, "czk": 1500, "huf": 17500, "ron": 200, "bgn": 100, "hkd": 400, "mxn": 1000}
CURRENCIES = {
    *MINIMUM,
    "aud",
    "brl",
    "cad",
    "inr",
    "krw",
    "nzd",
    "sgd",
    "thb",
    "try",
    "uah",
    "ils",
    "zar",
    "isk",
}
MOST = 99_999_999


def build(given: list[dict[str, Any]], now: int, url: str) -> Json:
    items = [build_one(item, f"line_items[{i}]", now) for i, item in enumerate(given)]
    if len(items) > 100:
        raise ApiProblem("You may only specify up to 100 line items.", param="line_items")
    if len({item["currency"] for item in items}) > 1:
        raise ApiProblem("All line items must have the same currency.", param="line_items")
    require_chargeable(sum(item["amount_total"] for item in items), items[0]["currency"])
    return as_list(items, url)


def require_chargeable(total: int, currency: str) -> None:
    least = MINIMUM.get(currency, 50)
    if 0 < total < least:
        raise ApiProblem(
            f"The Checkout Session's total amount must convert to at least {least} {currency.upper()} "
            "in the smallest unit.",
            code="amount_too_small",
        )
    if total > MOST:
        raise ApiProblem("The Checkout Session's total amount is too large.", code="amount_too_large")


def build_one(item: dict[str, Any], at: str, now: int) -> Json:
    refuse_unsupported(item, {"price_data", "quantity", "metadata"})
    if "price_data" not in item:
        raise missing(f"{at}[price_data]")
    if "quantity" not in item:
        raise ApiProblem(f"Quantity is required. Add `quantity` to `{at}`.", param=f"{at}[quantity]")
    if item["quantity"] < 1:
        raise ApiProblem("Invalid positive integer", code="parameter_invalid_integer", param=f"{at}[quantity]")
    price = build_price(item["price_data"], f"{at}[price_data]", now)
    total = price["unit_amount"] * item["quantity"]
    return {
        "id": new_id("li_1"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": item["price_data"]["product_data"]["name"],
        "metadata": item.get("metadata", {}),
        "price": price,
        "quantity": item["quantity"],
    }


def build_price(data: dict[str, Any], at: str, now: int) -> Json:
    refuse_unsupported(data, {"currency", "product_data", "unit_amount", "tax_behavior"})
    if "product_data" not in data:
        raise missing(f"{at}[product_data]")
    if "unit_amount" not in data:
        raise missing(f"{at}[unit_amount]")
    if data["unit_amount"] < 0:
        message = "Invalid non-negative integer"
        raise BadParam(message, code="parameter_invalid_integer", param=f"{at}[unit_amount]")
    return {
        "id": new_id("price_1"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": require_currency(data["currency"], f"{at}[currency]"),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod_", 14),
        "recurring": None,
        "tax_behavior": data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }


def require_currency(given: str, at: str) -> str:
    if given.lower() not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        raise BadParam(f"Invalid currency: {given}. Stripe currently supports these currencies: {known}", param=at)
    return given.lower()
