"""The only file that knows the `stripe` library. A call may take ten seconds or fail: never inside a transaction."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, cast

import requests
import stripe
from requests.adapters import HTTPAdapter

from carneau.core import log, settings
from carneau.payments.facts import ChargeFacts, RefundFacts, SessionFacts

TIMEOUT_SECONDS = 10
RETRIES = 1
CONNECTIONS = 32
SIGNATURE_TOLERANCE_SECONDS = 300

# The library would otherwise write an id of this machine into the home folder and send it along.
stripe.enable_telemetry = False
# It would write the address of every call into the log, and the ids of sessions with it.
logging.getLogger("stripe").setLevel(logging.WARNING)


class Unreachable(Exception):
    """No answer, or none that says whether it was done: ask again with the same idempotency key."""


class Declined(Exception):
    """Stripe understood and did not do it; `code` is Stripe's word for why."""

    def __init__(self, message: str, code: str | None) -> None:
        super().__init__(message)
        self.code = code


class Forged(Exception):
    """The webhook's body is not what Stripe signed in the last five minutes."""


@lru_cache(maxsize=4)
def _client(secret_key: str, api_base: str | None) -> stripe.StripeClient:
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS, session=session),
    )


def _v1() -> Any:
    ours = settings.current()
    return _client(ours.stripe_secret_key, ours.stripe_api_base).v1


def takes_real_money() -> bool:
    """What `livemode` must say on everything that our key brought about."""
    return settings.current().stripe_secret_key.startswith(("sk_live_", "rk_live_"))


def _ask(what: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        log.get(__name__).warning("stripe declined", call=what, code=error.code, request_id=error.request_id)
        raise Declined(error.user_message or type(error).__name__, error.code) from error
    except stripe.StripeError as error:
        log.get(__name__).warning("stripe did not answer", call=what, error=type(error).__name__)
        raise Unreachable(type(error).__name__) from error


def create_session(params: dict[str, Any], idempotency_key: str) -> SessionFacts:
    made = _ask(
        "create session",
        lambda: _v1().checkout.sessions.create(params=params, options={"idempotency_key": idempotency_key}),
    )
    return SessionFacts.of(made.to_dict())


def find_session(metadata: dict[str, str], since: datetime) -> SessionFacts | None:
    """By what we wrote into it, for when its idempotency key only repeats an error. Newest first."""
    for page in sessions_since(since):
        for session in page:
            if session["metadata"] == metadata:
                return SessionFacts.of(session)
    return None


def sessions_since(since: datetime) -> Iterator[list[dict[str, Any]]]:
    """As Stripe tells them, newest first."""
    params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    return _pages("list sessions", _v1().checkout.sessions.list, params)


def retrieve_session(session_id: str) -> SessionFacts:
    found = _ask(
        "retrieve session",
        lambda: _v1().checkout.sessions.retrieve(session_id, params={"expand": ["payment_intent"]}),
    )
    return SessionFacts.of(found.to_dict())


def expire_session(session_id: str) -> SessionFacts:
    """What has become of it: expired now or before, or complete because somebody paid first."""
    try:
        ended = _ask("expire session", lambda: _v1().checkout.sessions.expire(session_id))
    except Declined:
        return retrieve_session(session_id)
    return SessionFacts.of(ended.to_dict())


def refund(payment_intent_id: str, amount_minor: int, metadata: dict[str, str], idempotency_key: str) -> RefundFacts:
    params = {"payment_intent": payment_intent_id, "amount": amount_minor, "metadata": metadata}
    made = _ask("refund", lambda: _v1().refunds.create(params=params, options={"idempotency_key": idempotency_key}))
    return RefundFacts.of(made.to_dict())


def charges_page(since: datetime, after: str | None) -> tuple[list[ChargeFacts], bool]:
    """A hundred charges, newest first, from the one behind `after` on; and whether there are more."""
    params: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    if after:
        params["starting_after"] = after
    page = _ask("list charges", lambda: _v1().charges.list(params=params))
    return [ChargeFacts.of(each.to_dict()) for each in page.data], bool(page.has_more)


def find_charge(payment_intent_id: str) -> ChargeFacts | None:
    """The one that was paid."""
    params = {"payment_intent": payment_intent_id, "limit": 100}
    page = _ask("list charges of a payment", lambda: _v1().charges.list(params=params))
    found = (ChargeFacts.of(each.to_dict()) for each in page.data)
    return next((charge for charge in found if charge.is_paid), None)


def events_since(since: datetime, kinds: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
    """Newest first, page by page of a hundred; each page is a request."""
    params = {"created": {"gte": int(since.timestamp())}, "types": list(kinds), "limit": 100}
    return _pages("list events", _v1().events.list, params)


def webhook_endpoints() -> list[dict[str, Any]]:
    """Where Stripe sends events to: `url`, `status` and `enabled_events` of each. Asking for them shows that the key
    is right, too."""
    endpoints = _v1().webhook_endpoints.list
    return [each for page in _pages("list webhook endpoints", endpoints, {"limit": 100}) for each in page]


def _pages(what: str, listing: Callable[..., Any], params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    while True:
        page = _ask(what, partial(listing, params=params))
        yield [each.to_dict() for each in page.data]
        if not page.has_more:
            return
        params = params | {"starting_after": page.data[-1].id}


def verified(body: bytes, signature: str | None) -> dict[str, Any]:
    """The event that Stripe signed; raises Forged."""
    try:
        if not (signature or "").isascii():
            raise Forged("The signature is not in a form that Stripe uses.")
        stripe.WebhookSignature.verify_header(
            body, signature, settings.current().stripe_webhook_secret, SIGNATURE_TOLERANCE_SECONDS
        )
        event = json.loads(body)
    except stripe.SignatureVerificationError as error:
        raise Forged(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise Forged("The body is no JSON.") from error
    return cast(dict[str, Any], event)
