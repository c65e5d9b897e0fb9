from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from carneau.core import crash, log
from carneau.core.db import transaction
from carneau.email import delivery, owing
from carneau.email.message import Letter
from carneau.email.models import Mail

TRIES = 40  # the outbox waits 5 s, doubling to an hour: a mail server may be down for a day and a night
TRIES_WHEN_REFUSED = 4

Facts = TypeVar("Facts")


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


def post(mail_id: int, read: Callable[[Mail], Facts], pack: Callable[[Facts], Parcel]) -> None:
    """At least once; twice only if we die between the server's 250 and the stamp, and then with the same Message-ID.
    `read` stands inside a transaction, `pack` outside: drawing takes longer than one may."""
    with transaction():
        mail = owing.begin_try(mail_id)
        if mail is None:
            return
        attempts = mail.attempts
        facts = read(mail)
    parcel = pack(facts)
    crash.point("before_smtp")
    try:
        parcel.post()
    except delivery.Undelivered as error:
        _note_failure(mail_id, attempts, error)
        return
    crash.point("after_smtp")
    with transaction():
        owing.note_sent(mail_id)
    crash.point("after_stamp")


def _note_failure(mail_id: int, attempts: int, error: delivery.Undelivered) -> None:
    """Raises the error again where another try is due: the outbox then waits and calls."""
    gives_up = attempts >= (TRIES_WHEN_REFUSED if error.is_permanent else TRIES)
    with transaction():
        owing.note_failure(mail_id, str(error), gives_up)
    if not gives_up:
        raise error
    log.get(__name__).error("mail given up", mail_id=mail_id, reason=str(error))
