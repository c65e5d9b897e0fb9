"""What Stripe demands of a new Checkout Session beyond the types of its params."""

import re
from typing import Any
from urllib.parse import urlsplit

from carneau.standalone.stripe.errors import ApiProblem
from carneau.standalone.stripe.params import missing

SUPPORTED = {
    "allowed_payment_method_types",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "currency",
    "customer_creation",
    "customer_email",
    "excluded_payment_method_types",
    "expand",
    "expires_at",
    "line_items",
    "locale",
    "metadata",
    "mode",
    "payment_intent_data",
    "submit_type",
    "success_url",
    "ui_mode",
}
INTENT_DATA = {"metadata", "description", "receipt_email"}
SHORTEST = 30 * 60
LONGEST = 24 * 60 * 60


def require_complete(params: dict[str, Any]) -> None:
    for name in ("mode", "success_url", "line_items"):
        if name not in params:
            raise missing(name)
    if params["mode"] != "payment":
        raise ApiProblem("The simulator knows only `payment` mode.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise ApiProblem("The simulator knows only the hosted page.", param="ui_mode")
    for name in ("success_url", "cancel_url"):
        if name in params:
            require_url(params[name], name)
    if "customer_email" in params:
        require_email(params["customer_email"])


def require_url(url: str, name: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiProblem("Not a valid URL", code="url_invalid", param=name)
    if len(url) > 5000:
        raise ApiProblem("Invalid string: at most 5000 characters", param=name)


def require_email(email: str) -> None:
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", email):
        raise ApiProblem(f"Invalid email address: {email}", code="email_invalid", param="customer_email")


def require_span(expires_at: int, now: int) -> None:
    """By Stripe's clock: a caller whose own is a second behind is refused at 30 minutes sharp."""
    if expires_at < now + SHORTEST:
        raise ApiProblem(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if expires_at > now + LONGEST:
        raise ApiProblem(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def require_metadata(metadata: dict[str, str], at: str) -> dict[str, str]:
    if len(metadata) > 50:
        raise ApiProblem("Metadata can have at most 50 keys.", param=at)
    for key, value in metadata.items():
        if len(key) > 40:
            raise ApiProblem(
                f"Metadata keys can have up to 40 characters. Your key is {len(key)} characters.", param=at
            )
        if len(value) > 500:
            raise ApiProblem(
                f"Metadata values can have up to 500 characters, but you passed in a value that is "
                f"{len(value)} characters. Invalid value: {value[:50]}",
                param=f"{at}[{key}]",
            )
    return {key: value for key, value in metadata.items() if value != ""}
