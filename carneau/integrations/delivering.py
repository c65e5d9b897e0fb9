"""One event to one endpoint: tried until it is taken or a day is over. The network stands between two transactions; who
dies in between sends twice, with the same id."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from carneau.accounts import sealing
from carneau.core import clock, codes, crash, outbox, queue
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.integrations import disabling, reaching, signing, telling
from carneau.integrations.models import Kind, WebhookDelivery, WebhookEndpoint
from carneau.integrations.reaching import Outcome

TRIED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that a try needs, carried out of the transaction."""

    url: str
    body: bytes
    headers: dict[str, str]


def owe(organisation_id: int, endpoint_id: int, event_id: int | None) -> None:
    row = insert(WebhookDelivery).values(
        organisation_id=organisation_id,
        ref=codes.reference(),
        endpoint_id=endpoint_id,
        event_id=event_id,
        retry_until=sa.func.now() + TRIED_FOR,
        next_try_at=sa.func.now(),
    )
    new = row.on_conflict_do_nothing(index_elements=["endpoint_id", "event_id"]).returning(WebhookDelivery.id)
    delivery_id = db.session.scalar(new)
    if delivery_id is not None:
        queue.enqueue_after_commit(deliver, delivery_id, key=f"webhook:{delivery_id}:1")


def again(delivery: WebhookDelivery) -> None:
    """By hand: now, and for a day from now, also what was taken or given up, and to an endpoint that is paused."""
    delivery.delivered_at = delivery.gave_up_at = None
    delivery.retry_until = sa.func.now() + TRIED_FOR
    delivery.next_try_at = sa.func.now()
    delivery.endpoint.paused_until = None
    queue.enqueue_after_commit(deliver, delivery.id)


@job("integrations.deliver", is_patient=True)
def deliver(delivery_id: int) -> None:
    with transaction():
        parcel = _begin_try(delivery_id)
    if parcel is None:
        return
    outcome = reaching.post(parcel.url, parcel.body, parcel.headers)
    crash.point("after_webhook")
    with transaction():
        _note(delivery_id, outcome)


def _locked(delivery_id: int) -> WebhookDelivery | None:
    mine = sa.select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.delivered_at.is_(None),
        WebhookDelivery.gave_up_at.is_(None),
    )
    whole = mine.options(joinedload(WebhookDelivery.event), joinedload(WebhookDelivery.endpoint))
    return db.session.scalar(whole.with_for_update(of=WebhookDelivery).execution_options(populate_existing=True))


def _begin_try(delivery_id: int) -> Parcel | None:
    delivery = _locked(delivery_id)
    if delivery is None:
        return None
    endpoint, now = delivery.endpoint, clock.now()
    if endpoint.disabled_at is not None and delivery.event.kind is not Kind.PING:
        _give_up(delivery, _("The endpoint was switched off."))
        return None
    if endpoint.paused_until is not None and endpoint.paused_until > now:
        _try_later(delivery, endpoint.paused_until - now)
        return None
    delivery.attempts += 1
    delivery.last_tried_at = sa.func.now()
    secret = sealing.unseal(endpoint.sealed_secret)
    if secret is None:
        _give_up(delivery, _("Its secret cannot be read any more. Make the endpoint anew."))
        return None
    return _parcel(delivery, secret, round(now.timestamp()))


def _parcel(delivery: WebhookDelivery, secret: str, at: int) -> Parcel:
    body = telling.body_of(delivery.event)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Carneau-Webhooks/1",
        "Carneau-Delivery": delivery.ref,
        signing.HEADER: signing.signature(secret, body, at),
    }
    return Parcel(delivery.endpoint.url, body, headers)


def _note(delivery_id: int, outcome: Outcome) -> None:
    delivery = _locked(delivery_id)
    if delivery is None:
        return
    delivery.status, delivery.milliseconds = outcome.status, outcome.milliseconds
    delivery.problem = outcome.problem or None
    if not outcome.problem:
        delivery.delivered_at, delivery.next_try_at = sa.func.now(), None
        _note_success(delivery.endpoint)
        return
    wait = timedelta(seconds=outbox.wait_seconds(delivery.attempts))
    if clock.now() + wait > delivery.retry_until:
        _give_up(delivery, outcome.problem)
    else:
        _try_later(delivery, wait)
    disabling.note_failure(delivery.endpoint)


def _note_success(endpoint: WebhookEndpoint) -> None:
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None


def _try_later(delivery: WebhookDelivery, wait: timedelta) -> None:
    delivery.next_try_at = sa.func.now() + wait
    queue.enqueue_after_commit(deliver, delivery.id, delay=wait)


def _give_up(delivery: WebhookDelivery, problem: str) -> None:
    delivery.gave_up_at, delivery.next_try_at, delivery.problem = sa.func.now(), None, problem
