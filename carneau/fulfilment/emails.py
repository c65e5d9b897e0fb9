from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from carneau.email import delivery
from carneau.email.message import File, Letter
from carneau.email.models import Mail
from carneau.fulfilment.facts import Facts, facts_of


@dataclass(frozen=True)
class Parcel:
    """A composed mail with all it needs to go out: nothing of it is read from the database any more."""

    letter: Letter
    recipient: str
    sender_name: str
    message_id: str

    def post(self) -> None:
        delivery.deliver(
            self.letter, recipient=self.recipient, sender_name=self.sender_name, message_id=self.message_id
        )


def pack(mail: Mail) -> Parcel:
    facts = facts_of(mail)
    return Parcel(KINDS[mail.kind](facts), mail.recipient, facts.organisation.name, mail.message_id)


def confirmation(facts: Facts) -> Letter:
    return _letter(_("Your tickets for %(event)s", event=facts.title), "confirmation", facts)


def refunded_late(facts: Facts) -> Letter:
    return _letter(_("%(event)s is sold out: your money goes back", event=facts.title), "refunded_late", facts)


def payment_failed(facts: Facts) -> Letter:
    return _letter(_("Your payment for %(event)s did not go through", event=facts.title), "payment_failed", facts)


def refunded(facts: Facts) -> Letter:
    return _letter(_("Your refund for %(event)s", event=facts.title), "refunded", facts)


def _letter(subject: str, template: str, facts: Facts, files: list[File] | None = None) -> Letter:
    return Letter(
        subject=subject,
        text=render_template(f"emails/{template}.txt", facts=facts),
        html=render_template(f"emails/{template}.html", facts=facts, subject=subject),
        reply_to=facts.organisation.email,
        files=files or [],
    )


KINDS: dict[str, Callable[[Facts], Letter]] = {
    "confirmation": confirmation,
    "refunded_late": refunded_late,
    "payment_failed": payment_failed,
    "refunded": refunded,
}
