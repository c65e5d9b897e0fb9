import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any

import flask_mail
from flask_babel import gettext as _

from carneau.core.errors import Invalid

ADDRESS = re.compile(r"""[^\s@<>,;:"()\[\]\\]+@[^\s@<>,;:"()\[\]\\]+""")


@dataclass(frozen=True, kw_only=True)
class File:
    """An attachment; with `cid` instead a picture that the HTML shows as `cid:<cid>`."""

    name: str
    kind: str
    content: bytes
    cid: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    subject: str
    text: str
    html: str
    reply_to: str | None = None
    files: list[File] = field(default_factory=list)


class Message(flask_mail.Message):
    """Flask-Mail's message with a body of our own: its parts know no inline pictures, ours are multipart/related."""

    def __init__(self, composed: EmailMessage, recipient: str, sender: str) -> None:
        super().__init__(subject=str(composed["Subject"]), recipients=[recipient], sender=sender)
        self.composed = composed

    def as_bytes(self) -> bytes:
        return self.composed.as_bytes()


def compose(letter: Letter, *, sender: str, sender_name: str, recipient: str, message_id: str) -> Message:
    """Raises Invalid for a line break anywhere in a header: it would end the header and begin the sender's own."""
    mail = EmailMessage(policy=SMTP)
    headers: dict[str, Any] = {
        "From": _address(parseaddr(sender)[1], sender_name),
        "To": _address(recipient),
        "Subject": letter.subject,
        "Date": datetime.now(UTC),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
    }
    if letter.reply_to:
        headers["Reply-To"] = _address(letter.reply_to)
    for name, value in headers.items():
        mail[name] = _on_one_line(value) if isinstance(value, str) else value
    _fill(mail, letter)
    return Message(mail, str(mail["To"].addresses[0].addr_spec), sender)


def _fill(mail: EmailMessage, letter: Letter) -> None:
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    page = mail.get_body(("html",))
    for file in letter.files:
        kind = file.kind.split("/")
        if file.cid and isinstance(page, EmailMessage):
            page.add_related(file.content, *kind, cid=f"<{file.cid}>", filename=file.name, disposition="inline")
        else:
            mail.add_attachment(file.content, *kind, filename=file.name)


def _address(address: str, name: str = "") -> Address:
    """A domain with letters of its own language travels in its ASCII form."""
    local, _at, domain = _on_one_line(address).rpartition("@")
    try:
        if not ADDRESS.fullmatch(address):
            raise ValueError(address)
        return Address(_on_one_line(name), local, domain.encode("idna").decode())
    except (ValueError, UnicodeError) as error:
        raise Invalid(_("%(address)s is not an address that mail can be sent to.", address=address)) from error


def _on_one_line(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise Invalid(_("A line break has no place in an address or a subject."))
    return text
