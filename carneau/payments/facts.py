"""What Stripe says of a session, a charge or a dispute, in our words: a webhook's payload or an API answer alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
KEPT = (
    *("id", "object", "status", "livemode", "metadata", "created", "currency"),
    *("payment_status", "amount_total", "payment_intent", "expires_at"),
    *("amount", "amount_refunded", "refunded", "paid", "charge", "reason", "failure_reason"),
)

OF_ORIGIN = ("purchase", "payment", "organisation", "refund")


def kept(thing: Json) -> dict[str, Any]:
    """What of a payload we store: no link to the payment page, no client secret, no name, no address."""
    found = {name: thing[name] for name in KEPT if name in thing}
    if isinstance(found.get("metadata"), Mapping):
        found["metadata"] = {name: found["metadata"][name] for name in OF_ORIGIN if name in found["metadata"]}
    if isinstance(found.get("payment_intent"), Mapping):
        found["payment_intent"] = {name: found["payment_intent"].get(name) for name in ("id", "status")}
    return found


def _metadata(thing: Json, name: str) -> str:
    return str((thing.get("metadata") or {}).get(name) or "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _id_of(thing: Any) -> str | None:
    """Stripe names another object by its id, or, expanded, by the object itself."""
    return thing.get("id") if isinstance(thing, Mapping) else thing


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Which of our rows it says it belongs to. Empty for what another application sold on the same Stripe account."""

    purchase_ref: str
    payment_id: int
    organisation_id: int

    @classmethod
    def of(cls, thing: Json) -> "Origin":
        return cls(
            purchase_ref=_metadata(thing, "purchase"),
            payment_id=_number(_metadata(thing, "payment")),
            organisation_id=_number(_metadata(thing, "organisation")),
        )


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    session_id: str
    origin: Origin
    status: str
    payment_status: str
    amount_minor: int
    currency: str
    livemode: bool
    payment_intent_id: str | None
    has_failed: bool = False
    url: str | None = None

    @property
    def is_paid(self) -> bool:
        return self.status == "complete" and self.payment_status == "paid"

    @classmethod
    def of(cls, session: Json, has_failed: bool = False) -> "SessionFacts":
        """`has_failed` is told by the event's type; with the intent expanded, a delayed payment that was returned
        shows in its status."""
        intent = session.get("payment_intent")
        intent_status = intent.get("status") if isinstance(intent, Mapping) else None
        returned = session["status"] == "complete" and intent_status in ("requires_payment_method", "canceled")
        return cls(
            session_id=session["id"],
            origin=Origin.of(session),
            status=session["status"],
            payment_status=session["payment_status"],
            amount_minor=session["amount_total"] or 0,
            currency=(session["currency"] or "").upper(),
            livemode=session["livemode"],
            payment_intent_id=_id_of(intent),
            has_failed=session["payment_status"] == "unpaid" and (has_failed or returned),
            url=session.get("url"),
        )


@dataclass(frozen=True, kw_only=True)
class ChargeFacts:
    charge_id: str
    origin: Origin
    payment_intent_id: str | None
    amount_minor: int
    refunded_minor: int
    currency: str
    is_paid: bool = True
    made_at: datetime | None = None

    @classmethod
    def of(cls, charge: Json) -> "ChargeFacts":
        made = charge.get("created")
        return cls(
            charge_id=charge["id"],
            origin=Origin.of(charge),
            payment_intent_id=_id_of(charge.get("payment_intent")),
            amount_minor=charge["amount"],
            refunded_minor=charge["amount_refunded"],
            currency=charge["currency"].upper(),
            is_paid=bool(charge.get("paid", True)),
            made_at=datetime.fromtimestamp(made, UTC) if made else None,
        )


@dataclass(frozen=True, kw_only=True)
class DisputeFacts:
    dispute_id: str
    payment_intent_id: str | None
    amount_minor: int
    reason: str

    @classmethod
    def of(cls, dispute: Json) -> "DisputeFacts":
        return cls(
            dispute_id=dispute["id"],
            payment_intent_id=_id_of(dispute.get("payment_intent")),
            amount_minor=dispute["amount"],
            reason=dispute["reason"],
        )


@dataclass(frozen=True, kw_only=True)
class RefundFacts:
    """`refund_id` is that of our own row, 0 for a refund made elsewhere."""

    stripe_refund_id: str
    refund_id: int
    origin: Origin
    payment_intent_id: str | None
    status: str

    @classmethod
    def of(cls, refund: Json) -> "RefundFacts":
        return cls(
            stripe_refund_id=refund["id"],
            refund_id=_number(_metadata(refund, "refund")),
            origin=Origin.of(refund),
            payment_intent_id=_id_of(refund.get("payment_intent")),
            status=refund["status"] or "pending",
        )
