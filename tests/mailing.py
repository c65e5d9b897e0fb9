"""An SMTP server in the test's own process, that keeps what it takes and refuses what it is told to."""

import email
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from flask import Flask


class Catcher:
    """`refusals` are answered first, one for each mail that comes, at the step named; `pause` delays the last word."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.pause = 0.0
        self.port = 0
        self.sessions: list[Any] = []

    def hang_up(self) -> None:
        """Ends the newest connection, as a server does that has waited long enough."""
        session = self.sessions[-1]
        session.loop.call_soon_threadsafe(session.transport.close)
        time.sleep(0.1)

    async def handle_EHLO(self, server: Any, session: Any, _envelope: Any, host: str, answers: list[str]) -> list[str]:  # noqa: N802
        session.host_name = host
        self.sessions.append(server)
        return answers

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:  # noqa: N802
        if self.refusals and self.refusals[0][0] == "RCPT":
            return self.refusals.pop(0)[1]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusals and self.refusals[0][0] == "DATA":
            return self.refusals.pop(0)[1]
        if self.pause:
            time.sleep(self.pause)
        self.recipients += envelope.rcpt_tos
        self.letters.append(cast(EmailMessage, email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@contextmanager
def catching(app: Flask) -> Iterator[Catcher]:
    """The app's mail goes to a catcher of its own while this lasts; another process finds it at its `port`."""
    catcher, mail = Catcher(), app.extensions["mail"]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = catcher.port = probe.getsockname()[1]
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    before, mail.port = mail.port, port
    try:
        yield catcher
    finally:
        mail.port = before
        controller.stop()
