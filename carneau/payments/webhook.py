import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from flask_babel import gettext as _

from carneau.core import log, outbox, queue
from carneau.core.db import db, single_statement
from carneau.payments import gateway, jobs
from carneau.payments.facts import kept
from carneau.payments.models import StripeEvent

NEEDED = {"id", "type", "livemode", "created", "data"}
LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()

# The event and the debt of settling it are one statement, and so one transaction and one round trip.
KEEP = sa.text(
    """WITH event AS (
           INSERT INTO stripe_events (stripe_event_id, kind, livemode, payload, happened_at)
           VALUES (:stripe_event_id, :kind, :livemode, CAST(:payload AS jsonb), :happened_at)
               ON CONFLICT (stripe_event_id) DO NOTHING RETURNING id
       )
       INSERT INTO outbox (job, arguments, key, request_id)
       SELECT :job, jsonb_build_array(id), 'stripe_event:' || id, :request_id FROM event
    RETURNING id"""
)


class Refused(Exception):
    """Nothing was kept; the message says to whoever set up the endpoint what is wrong."""


def receive(body: bytes, signature: str | None) -> str:
    """Keeps the event once and leaves the work to a job, so that Stripe has its answer within milliseconds."""
    try:
        event = gateway.verified(body, signature)
    except gateway.Forged as error:
        raise Refused(_("This is not signed by Stripe for this installation, or too old. Nothing was kept.")) from error
    if not _is_event(event):
        raise Refused(_("This is signed, but it is no event of the kind we asked Stripe for. Nothing was kept."))
    if event["type"] not in jobs.KINDS:
        return "ignored"
    if bool(event["livemode"]) != gateway.takes_real_money():
        raise Refused(_("This comes from the other mode (live or test) than our key. Nothing was kept."))
    try:
        with single_statement() as connection:
            is_new = connection.execute(KEEP, _row(event)).scalar() is not None
    except (UnicodeError, sqlalchemy.exc.DataError) as error:
        raise Refused(_("This is signed, but holds a character that cannot be kept. Nothing was kept.")) from error
    if is_new:
        queue.ring()
    return "kept" if is_new else "known"


def _is_event(event: Any) -> bool:
    """Once, at the edge: what is kept can be settled."""
    return (
        isinstance(event, dict)
        and event.get("object") == "event"
        and event.keys() >= NEEDED
        and isinstance(event["id"], str)
        and isinstance(event["type"], str)
        and isinstance(event["created"], int)
        and 0 <= event["created"] < LATEST
        and isinstance(event["data"], dict)
        and isinstance(event["data"].get("object"), dict)
    )


def keep(event: dict[str, Any]) -> bool:
    """In the caller's transaction; False if it came before."""
    is_new = db.session.execute(KEEP, _row(event)).scalar() is not None
    if is_new:
        queue.ring_after_commit()
    return is_new


def _row(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "stripe_event_id": event["id"],
        "kind": event["type"],
        "livemode": event["livemode"],
        "payload": json.dumps(kept(event["data"]["object"])),
        "happened_at": datetime.fromtimestamp(event["created"], UTC),
        "job": outbox.NAMES[jobs.settle_event],
        "request_id": log.request_id(),
    }


def known(stripe_event_ids: list[str]) -> set[str]:
    found = db.session.scalars(
        sa.select(StripeEvent.stripe_event_id).where(StripeEvent.stripe_event_id.in_(stripe_event_ids))
    )
    return set(found)
