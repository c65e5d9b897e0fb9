"""The API's map: method and path -> the library's params -> verb."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe.params._charge_list_params import ChargeListParams
from stripe.params._charge_retrieve_params import ChargeRetrieveParams
from stripe.params._dispute_list_params import DisputeListParams
from stripe.params._dispute_retrieve_params import DisputeRetrieveParams
from stripe.params._event_list_params import EventListParams
from stripe.params._event_retrieve_params import EventRetrieveParams
from stripe.params._payment_intent_list_params import PaymentIntentListParams
from stripe.params._payment_intent_retrieve_params import PaymentIntentRetrieveParams
from stripe.params._refund_create_params import RefundCreateParams
from stripe.params._refund_list_params import RefundListParams
from stripe.params._refund_retrieve_params import RefundRetrieveParams
from stripe.params._webhook_endpoint_list_params import WebhookEndpointListParams
from stripe.params.checkout._session_create_params import SessionCreateParams
from stripe.params.checkout._session_expire_params import SessionExpireParams
from stripe.params.checkout._session_line_item_list_params import SessionLineItemListParams
from stripe.params.checkout._session_list_params import SessionListParams
from stripe.params.checkout._session_retrieve_params import SessionRetrieveParams

from carneau.standalone.stripe import charges, disputes, events, intents, refunds, sessions, webhook_endpoints
from carneau.standalone.stripe.store import Json


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    params: Any
    verb: Callable[..., Json]


SESSION = "checkout/sessions/<id>"
ENDPOINTS = (
    Endpoint("POST", "checkout/sessions", SessionCreateParams, sessions.create),
    Endpoint("GET", "checkout/sessions", SessionListParams, sessions.index),
    Endpoint("GET", SESSION, SessionRetrieveParams, sessions.retrieve),
    Endpoint("GET", f"{SESSION}/line_items", SessionLineItemListParams, sessions.line_items_index),
    Endpoint("POST", f"{SESSION}/expire", SessionExpireParams, sessions.expire),
    Endpoint("GET", "payment_intents", PaymentIntentListParams, intents.index),
    Endpoint("GET", "payment_intents/<id>", PaymentIntentRetrieveParams, intents.retrieve),
    Endpoint("GET", "charges", ChargeListParams, charges.index),
    Endpoint("GET", "charges/<id>", ChargeRetrieveParams, charges.retrieve),
    Endpoint("POST", "refunds", RefundCreateParams, refunds.create),
    Endpoint("GET", "refunds", RefundListParams, refunds.index),
    Endpoint("GET", "refunds/<id>", RefundRetrieveParams, refunds.retrieve),
    Endpoint("GET", "disputes", DisputeListParams, disputes.index),
    Endpoint("GET", "disputes/<id>", DisputeRetrieveParams, disputes.retrieve),
    Endpoint("GET", "events", EventListParams, events.index),
    Endpoint("GET", "events/<id>", EventRetrieveParams, events.retrieve),
    Endpoint("GET", "webhook_endpoints", WebhookEndpointListParams, webhook_endpoints.index),
)
