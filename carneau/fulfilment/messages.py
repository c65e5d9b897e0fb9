"""One mail to everyone who has tickets for an event: each address once, however often it bought."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import render_template

from carneau.catalogue.models import Event
from carneau.core import audit, queue, settings
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.email import posting
from carneau.email.message import Letter
from carneau.email.models import Mail
from carneau.email.posting import Parcel
from carneau.fulfilment.models import Message
from carneau.organisations.models import Organisation
from carneau.purchases.erasing import NO_ADDRESS

AT_ONCE = 500

# Buyers whose tickets count, and those to whom a ticket was passed on. Of a cancelled event everyone who had paid.
RECIPIENTS = f"""
    SELECT DISTINCT lower(address) AS address FROM (
        SELECT coalesce(k.holder_email, p.email) AS address
          FROM tickets k JOIN purchases p ON p.id = k.purchase_id JOIN events e ON e.id = k.event_id
         WHERE k.event_id = :event_id AND k.organisation_id = :organisation_id
           AND (k.status <> 'void' OR e.status = 'cancelled')
    ) found WHERE address NOT IN ('', '{NO_ADDRESS}')"""  # noqa: S608  a word of ours stands in it
COUNT = sa.text(f"SELECT count(*) FROM ({RECIPIENTS}) addresses")  # noqa: S608  no value stands in it
OWE = sa.text(
    f"""WITH addresses AS ({RECIPIENTS} AND lower(address) > :after ORDER BY 1 LIMIT :limit),
        owed AS (
            INSERT INTO mails (organisation_id, key, kind, subject, subject_id, recipient, message_id)
            SELECT :organisation_id, 'message:' || :id || ':' || address, 'message', 'messages', :id,
                   address, '<' || gen_random_uuid() || '@' || :host || '>'
              FROM addresses
            ON CONFLICT (key) DO NOTHING
            RETURNING id),
        queued AS (
            INSERT INTO outbox (job, arguments, key, is_patient)
            SELECT 'fulfilment.send_message', jsonb_build_array(id), 'mail:' || id, true FROM owed
            ON CONFLICT (key) DO NOTHING)
        SELECT max(address) FROM addresses"""  # noqa: S608  no value stands in it
).bindparams(sa.bindparam("id", type_=sa.BigInteger), sa.bindparam("host", type_=sa.Text))
PROGRESS = sa.text(
    """SELECT m.id, count(k.id) AS owed, count(k.sent_at) AS sent, count(k.gave_up_at) AS failed
         FROM messages m LEFT JOIN mails k ON k.subject = 'messages' AND k.subject_id = m.id
        WHERE m.event_id = :event_id AND m.organisation_id = :organisation_id GROUP BY m.id"""
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message, the number of its mails, and how many of them went out or could not be delivered."""

    message: Message
    owed: int
    sent: int
    failed: int

    @property
    def is_under_way(self) -> bool:
        return self.sent + self.failed < self.owed


def count_recipients(event: Event) -> int:
    return db.session.scalar(COUNT, {"event_id": event.id, "organisation_id": event.organisation_id}) or 0


def write(event: Event, ref: str, subject: str, body: str, actor: str) -> Message:
    message = Message(organisation_id=event.organisation_id, event_id=event.id, ref=ref, subject=subject, body=body)
    db.session.add(message)
    db.session.flush()
    audit.record(message, "sent", actor, event=event.id)
    queue.enqueue_after_commit(address, message.id, key=f"message:{message.id}")
    return message


def find(event: Event, ref: str) -> Message | None:
    return db.session.scalar(sa.select(Message).where(Message.event_id == event.id, Message.ref == ref))


def of_event(event: Event) -> list[Sent]:
    """Newest first."""
    rows = db.session.execute(PROGRESS, {"event_id": event.id, "organisation_id": event.organisation_id})
    counts = {row.id: (row.owed, row.sent, row.failed) for row in rows}
    mine = sa.select(Message).where(Message.event_id == event.id).order_by(Message.id.desc())
    return [Sent(each, *counts.get(each.id, (0, 0, 0))) for each in db.session.scalars(mine)]


@job("fulfilment.address_message", tries=50)
def address(message_id: int) -> None:
    """Notes a mail for each address, in batches; run again, it adds only those that are missing."""
    host, after = urlsplit(settings.current().base_url).hostname or "localhost", ""
    while after is not None:
        with transaction():
            message = db.session.get_one(Message, message_id)
            values = {"organisation_id": message.organisation_id, "event_id": message.event_id, "host": host}
            after = db.session.scalar(OWE, values | {"id": message_id, "after": after, "limit": AT_ONCE})


@job("fulfilment.send_message", tries=posting.TRIES, is_patient=True)
def send(mail_id: int) -> None:
    posting.post(mail_id, _read, _pack)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the mail says, also as a preview; then it has no recipient."""

    subject: str
    body: str
    events: list[Event]
    organisation: Organisation
    recipient: str = ""
    message_id: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """Blank lines part them."""
        return [each.strip() for each in re.split(r"\n\s*\n", self.body.replace("\r\n", "\n")) if each.strip()]


def _read(mail: Mail) -> Facts:
    message = db.session.get_one(Message, mail.subject_id)
    event = db.session.get_one(Event, message.event_id)
    organisation = db.session.get_one(Organisation, message.organisation_id)
    facts = Facts(message.subject, message.body, [event], organisation, mail.recipient, mail.message_id)
    db.session.expunge_all()
    return facts


def _pack(facts: Facts) -> Parcel:
    return Parcel(letter_of(facts), facts.recipient, facts.organisation.name, facts.message_id)


def letter_of(facts: Facts) -> Letter:
    values = {"facts": facts, "subject": facts.subject, "preview": facts.paragraphs[0][:120]}
    return Letter(
        subject=facts.subject,
        text=render_template("emails/message.txt", **values),
        html=render_template("emails/message.html", **values),
        reply_to=facts.organisation.email,
    )
