"""Every module with jobs: importing it is what registers them."""

from carneau.accounts import jobs as accounts
from carneau.catalogue import encoding
from carneau.exports import making
from carneau.fulfilment import jobs as fulfilment
from carneau.fulfilment import messages
from carneau.integrations import announcing, delivering
from carneau.integrations import emails as integrations
from carneau.organisations import jobs as organisations
from carneau.payments import event_refunds, inquiring, refunds
from carneau.payments import jobs as payments
from carneau.payments import sweeps as payment_sweeps

__all__ = [
    "accounts",
    "announcing",
    "delivering",
    "encoding",
    "event_refunds",
    "fulfilment",
    "inquiring",
    "integrations",
    "making",
    "messages",
    "organisations",
    "payment_sweeps",
    "payments",
    "refunds",
]
