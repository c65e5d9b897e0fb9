import base64
import binascii
import hmac
import io
import re
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask_babel import gettext as _
from markupsafe import Markup
from PIL import Image

from carneau.core import settings
from carneau.core.errors import NotFound
from carneau.tickets.models import Ticket
from carneau.web import qr_drawing
from carneau.web.qr_drawing import QUIET_MODULES

VERSION = 1
PAYLOAD_BYTES, SIGNATURE_BYTES = 1 + 4 + 5 + 2, 64
CODE = re.compile("[A-Z2-7]{122}")
DOMAIN = b"carneau ticket code\x00"


class InvalidCode(NotFound):
    pass


def code(ticket: Ticket) -> str:
    """122 letters and digits of base32: version, event, ticket and revision, and an Ed25519 signature over them.
    The same every time, so it is nowhere stored; whoever has it has the ticket."""
    payload = (
        VERSION.to_bytes(1, "big")
        + ticket.event_id.to_bytes(4, "big")
        + ticket.id.to_bytes(5, "big")
        + ticket.revision.to_bytes(2, "big")
    )
    return _signed(payload)


def read(text: str) -> tuple[int, int, int]:
    """(event id, ticket id, revision) of a genuine code in capitals or not. Raises InvalidCode for anything else.
    Whether that revision still counts, and whether the ticket is valid, is for the database to say. A code has one
    signature and one way to write it: signing anew and comparing takes a third of the time of verifying."""
    written = text.upper() if text.isascii() else ""
    if not CODE.fullmatch(written):
        raise InvalidCode(_("This is not the code of a ticket. Please scan it again, or open the link in your mail."))
    try:
        payload = base64.b32decode(written + "======")[:PAYLOAD_BYTES]
    except binascii.Error:
        raise _forged() from None
    if payload[0] != VERSION or not hmac.compare_digest(_signed(payload), written):
        raise _forged()
    return int.from_bytes(payload[1:5]), int.from_bytes(payload[5:10]), int.from_bytes(payload[10:12])


def _signed(payload: bytes) -> str:
    signature = _key(settings.current().ticket_key).sign(DOMAIN + payload)
    return base64.b32encode(payload + signature).decode().rstrip("=")


def _forged() -> InvalidCode:
    return InvalidCode(_("No ticket has this code. If you typed it, compare it with the one in your mail."))


@lru_cache(maxsize=2)
def _key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(seed + "=" * (-len(seed) % 4)))


@lru_cache(maxsize=2)
def public_key(seed: str) -> Ed25519PublicKey:
    return _key(seed).public_key()


def url(ticket: Ticket) -> str:
    """What the QR holds: any phone's camera opens it. In capitals, which take a third less room in a QR code."""
    site = urlsplit(settings.current().base_url)
    return f"{site.scheme}://{site.netloc}/t/{code(ticket)}".upper()


def svg(ticket: Ticket) -> Markup:
    return qr_drawing.svg(url(ticket), _("QR code of the ticket"))


def png(ticket: Ticket, pixels: int = 12) -> bytes:
    """`pixels` a module, quiet zone included; one bit a pixel."""
    rows = qr_drawing.matrix(url(ticket))
    side = len(rows) + 2 * QUIET_MODULES
    picture = Image.new("1", (side, side), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + QUIET_MODULES, y + QUIET_MODULES), 0)
    out = io.BytesIO()
    picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
