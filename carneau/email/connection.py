"""The connection to the mail server: Flask-Mail's, which by itself waits for ever, trusts any certificate, and is made
anew for each mail."""

import contextlib
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import flask_mail

from carneau.core import outbox

STEP_SECONDS = 10.0
ALL_SECONDS = 45.0  # less than the lease of an outbox row: no second worker sends what the first still sends
MOST_MAILS = 50  # over one connection: many servers hang up after a hundred


class _Plain(smtplib.SMTP):
    """Gives each answer of the server ten seconds and all that is said about one mail 45. Only the answer to the text
    itself may use all that is left: who hangs up there never learns that the mail was taken, and sends it twice."""

    step = STEP_SECONDS
    until: float = 0.0
    sock: Any

    def is_still_there(self) -> bool:
        """Asked before the next mail, whose time begins with it."""
        vars(self).pop("step", None)
        self.until = 0.0
        try:
            return self.noop()[0] == 250
        except OSError:
            return False

    def getreply(self) -> tuple[int, bytes]:
        self.until = self.until or time.monotonic() + ALL_SECONDS
        self.sock.settimeout(max(0.1, min(self.step, self.until - time.monotonic())))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.step = ALL_SECONDS
        return super().data(msg)


class _Encrypted(_Plain, smtplib.SMTP_SSL):
    pass


class Connection(flask_mail.Connection):
    host: _Plain
    mails = 0

    def configure_host(self) -> _Plain:
        ours, host = self.mail, self._reach()
        try:
            if ours.use_tls:
                host.starttls(context=_trusted())
            if ours.username and ours.password:
                host.login(ours.username, ours.password)
        except OSError:
            host.close()
            raise
        return host

    def _reach(self) -> _Plain:
        ours = self.mail
        if ours.use_ssl:
            return _Encrypted(ours.server, ours.port, timeout=STEP_SECONDS, context=_trusted())
        return _Plain(ours.server, ours.port, timeout=STEP_SECONDS)

    def may_go_on(self) -> bool:
        return self.mails < MOST_MAILS and self.host.is_still_there()

    def __exit__(self, *_: object) -> None:
        """A server that hangs up instead of saying goodbye has taken the mail all the same."""
        with contextlib.suppress(OSError):
            self.host.quit()


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Reading the authorities that a machine trusts takes 20 ms: a quarter of a mail's time."""
    return ssl.create_default_context()


class _Kept(threading.local):
    connection: Connection | None = None


_kept = _Kept()


@contextmanager
def to_server(mail: flask_mail.Mail) -> Iterator[Connection]:
    """For one mail. That of the mail before it serves again while the server answers on it: greeting, encryption and
    log-in are half a dozen answers to wait for. After any trouble the next mail gets a new one."""
    connection = _take() or Connection(mail).__enter__()
    try:
        yield connection
    except BaseException:
        connection.__exit__()
        raise
    connection.mails += 1
    _kept.connection = connection


def _take() -> Connection | None:
    connection, _kept.connection = _kept.connection, None
    if connection is None or connection.may_go_on():
        return connection
    connection.__exit__()
    return None


@outbox.at_rest
def hang_up() -> None:
    """The last of the mails that follow each other is sent."""
    connection, _kept.connection = _kept.connection, None
    if connection is not None:
        connection.__exit__()
