from carneau.core import crash, log
from carneau.core.db import transaction
from carneau.core.outbox import job
from carneau.email import delivery, owing
from carneau.fulfilment import emails
from carneau.fulfilment import facts as reading

TRIES = 40  # the outbox waits 5 s, doubling to an hour: a mail server may be down for a day and a night
TRIES_WHEN_REFUSED = 4


@job("fulfilment.send", tries=TRIES)
def send(mail_id: int) -> None:
    """At least once; twice only if we die between the server's 250 and the stamp, and then with the same Message-ID."""
    with transaction():
        mail = owing.begin_try(mail_id)
        if mail is None:
            return
        attempts = mail.attempts
        facts = reading.read(mail)
    parcel = emails.pack(facts)
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
