from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.core import queue
from carneau.core.db import db, transaction
from carneau.payments import gateway, jobs
from carneau.payments.facts import kept
from carneau.payments.models import StripeEvent

NEEDED = {"id", "type", "livemode", "created", "data"}
LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class Refused(Exception):  # noqa: N818  named for what is true
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
        with transaction():
            return "kept" if keep(event) else "known"
    except (UnicodeError, sqlalchemy.exc.DataError) as error:
        raise Refused(_("This is signed, but holds a character that cannot be kept. Nothing was kept.")) from error


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
    """The row and the debt of settling it are one transaction; False if it came before."""
    row = (
        insert(StripeEvent)
        .values(
            stripe_event_id=event["id"],
            kind=event["type"],
            livemode=event["livemode"],
            payload=kept(event["data"]["object"]),
            happened_at=datetime.fromtimestamp(event["created"], UTC),
        )
        .on_conflict_do_nothing(index_elements=["stripe_event_id"])
        .returning(StripeEvent.id)
    )
    event_id = db.session.execute(row).scalar_one_or_none()
    if event_id is None:
        return False
    queue.enqueue_after_commit(jobs.settle_event, event_id, key=f"stripe_event:{event_id}")
    return True


def known(stripe_event_ids: list[str]) -> set[str]:
    found = db.session.scalars(
        sa.select(StripeEvent.stripe_event_id).where(StripeEvent.stripe_event_id.in_(stripe_event_ids))
    )
    return set(found)
