import contextlib
import smtplib
import ssl
import time
from functools import lru_cache
from types import TracebackType
from typing import Any

import flask_mail
from flask import current_app

from carneau.core.errors import Invalid
from carneau.email.message import Letter, compose

STEP_SECONDS = 10.0
ALL_SECONDS = 45.0  # less than the lease of an outbox row: no second worker sends what the first still sends


class Undelivered(Exception):  # noqa: N818
    """The server did not take it. `is_permanent`: it will not have this mail or this recipient, so that trying again
    hardly helps; a wrong password or sender is for us to mend, and then all of them go out."""

    def __init__(self, reason: str, is_permanent: bool) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


class _Patience:
    """Gives each answer of the server ten seconds and the whole talk 45. Only the answer to the text itself may use
    all that is left: who hangs up there never learns that the mail was taken, and sends it twice."""

    step = STEP_SECONDS
    until: float = 0.0
    sock: Any

    def getreply(self) -> tuple[int, bytes]:
        self.until = self.until or time.monotonic() + ALL_SECONDS
        self.sock.settimeout(max(0.1, min(self.step, self.until - time.monotonic())))
        return super().getreply()  # type: ignore[misc,no-any-return]

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.step = ALL_SECONDS
        return super().data(msg)  # type: ignore[misc,no-any-return]


class _Plain(_Patience, smtplib.SMTP):
    pass


class _Encrypted(_Patience, smtplib.SMTP_SSL):
    pass


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Reading the machine's certificates takes longer than sending a mail."""
    return ssl.create_default_context()


class Connection(flask_mail.Connection):
    """Flask-Mail's, which waits for ever and trusts any certificate; this one does neither."""

    def configure_host(self) -> smtplib.SMTP:
        ours = self.mail
        host: smtplib.SMTP
        if ours.use_ssl:
            host = _Encrypted(ours.server, ours.port, timeout=STEP_SECONDS, context=_trusted())
        else:
            host = _Plain(ours.server, ours.port, timeout=STEP_SECONDS)
        try:
            if ours.use_tls:
                host.starttls(context=_trusted())
            if ours.username and ours.password:
                host.login(ours.username, ours.password)
        except OSError:
            host.close()
            raise
        return host

    def __exit__(self, kind: type[BaseException], value: BaseException, trace: TracebackType) -> None:
        """A server that hangs up instead of saying goodbye has taken the mail all the same."""
        with contextlib.suppress(OSError):
            super().__exit__(kind, value, trace)


def greet() -> None:
    """Connects and logs in, and sends nothing. Raises Undelivered."""
    try:
        with Connection(current_app.extensions["mail"]):
            pass
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"{type(error).__name__}: {error.smtp_code}", False) from error
    except OSError as error:
        raise Undelivered(f"{type(error).__name__}: {error.strerror or 'no answer'}", False) from error


def deliver(letter: Letter, *, recipient: str, sender_name: str, message_id: str) -> None:
    """Returns once the server has said 250; raises Undelivered otherwise. Never call it inside a transaction."""
    mail = current_app.extensions["mail"]
    try:
        message = compose(
            letter,
            sender=mail.default_sender,
            sender_name=sender_name,
            recipient=recipient,
            message_id=message_id,
        )
        with Connection(mail) as connection:
            connection.send(message)
    except Invalid as error:
        raise Undelivered("cannot be written: a name or an address is broken", True) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise Undelivered(f"recipient refused: {codes}", all(code >= 500 for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        raise Undelivered(f"{type(error).__name__}: {error.smtp_code}", refused) from error
    except OSError as error:
        raise Undelivered(f"{type(error).__name__}: {error.strerror or 'no answer'}", False) from error
