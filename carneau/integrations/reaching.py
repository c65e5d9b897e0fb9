"""A POST to an address that somebody typed in. It goes to public addresses only: the name is resolved once, every
answer is looked at, and the connection is made to the address that was looked at. Redirects are not followed."""

import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from carneau.core import settings

STEP_SECONDS = 5.0
WHOLE_SECONDS = 10.0
PORTS = {"https": 443, "http": 80}
TRANSLATED = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """Nothing was sent; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is none where there was no answer; `problem` is empty for a success."""

    status: int | None
    milliseconds: int
    problem: str = ""


def post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Takes `WHOLE_SECONDS` at most, however slowly the other side answers."""
    begun = time.monotonic()
    status, problem = None, ""
    try:
        status = _send(url, body, headers)
        problem = "" if 200 <= status < 300 else _said(status)
    except Unreachable as error:
        problem = str(error)
    except ssl.SSLError:
        problem = _("Its certificate is not one that we can trust.")
    except TimeoutError:
        problem = _("It did not answer within %(seconds)s seconds.", seconds=round(WHOLE_SECONDS))
    except (OSError, HTTPException, ValueError):
        problem = _("The connection could not be made, or broke off.")
    milliseconds = round((time.monotonic() - begun) * 1000)
    if status is None and milliseconds >= WHOLE_SECONDS * 1000:
        problem = _("It did not answer within %(seconds)s seconds.", seconds=round(WHOLE_SECONDS))
    return Outcome(status, milliseconds, str(problem))


def _said(status: int) -> str:
    if 300 <= status < 400:
        return str(_("It answered %(status)s: a redirect, which we do not follow.", status=status))
    return str(_("It answered %(status)s instead of 200.", status=status))


def _send(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443)
    connection = _Pinned(host, port, address_of(host, port), is_tls=parts.scheme != "http")
    watch = threading.Timer(WHOLE_SECONDS, connection.abort)
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
        if connection.is_aborted:
            raise TimeoutError
        return status
    finally:
        watch.cancel()
        connection.close()


class _Pinned(HTTPConnection):
    """Connects to `address`, and asks there for `host`, whose certificate it wants to see."""

    def __init__(self, host: str, port: int, address: str, is_tls: bool) -> None:
        super().__init__(host, port, timeout=STEP_SECONDS)
        self.address, self.is_tls = address, is_tls
        self.is_aborted = False

    def connect(self) -> None:
        self.sock: Any = create_connection((self.address, self.port), STEP_SECONDS)
        if self.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def abort(self) -> None:
        self.is_aborted = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(SHUT_RDWR)


def address_of(host: str, port: int) -> str:
    """Raises Unreachable if the name is unknown, or one of its addresses is not public."""
    try:
        found = {entry[4][0] for entry in getaddrinfo(host, port, type=SOCK_STREAM)}
    except (gaierror, UnicodeError) as error:
        raise Unreachable(_("There is no host of this name.")) from error
    addresses = [ip_address(str(address).partition("%")[0]) for address in found]
    if not settings.current().webhooks_to_private_networks and not all(map(is_public, addresses)):
        raise Unreachable(_("This host is in a private network, where we send nothing."))
    return str(min(addresses, key=lambda address: (address.version, int(address))))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """An address that carries another one within it is as public as that."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in TRANSLATED:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
