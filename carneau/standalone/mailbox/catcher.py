from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from carneau.standalone.mailbox.store import Store


@dataclass
class Catcher:
    """Accepts every mail for everyone and delivers none. The envelope is written on top as a mail server does."""

    store: Store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd calls it so
        lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
        lines += [f"Delivered-To: {recipient}" for recipient in envelope.rcpt_tos]
        head = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")
        content = envelope.content or b""
        self.store.keep(head + (content if isinstance(content, bytes) else content.encode()))
        return "250 Kept"


def listening(store: Store, host: str, port: int) -> Controller:
    controller = Controller(Catcher(store), hostname=host, port=port, enable_SMTPUTF8=True)
    controller.start()
    return controller
