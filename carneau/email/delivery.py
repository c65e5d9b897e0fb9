import smtplib

from flask import current_app

from carneau.core.errors import Invalid
from carneau.email import connection
from carneau.email.connection import Connection
from carneau.email.message import Letter, compose


class Undelivered(Exception):
    """The server did not take it. `is_permanent`: it will not have this mail or this recipient, so that trying again
    hardly helps; a wrong password or sender is for us to mend, and then all of them go out."""

    def __init__(self, reason: str, is_permanent: bool) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


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
        with connection.to_server(mail) as server:
            server.send(message)
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
