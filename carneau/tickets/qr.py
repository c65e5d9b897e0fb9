import base64
import binascii
import io
import re
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask_babel import gettext as _
from markupsafe import escape
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from carneau.core import settings
from carneau.core.errors import NotFound
from carneau.tickets.models import Ticket

VERSION = 1
PAYLOAD_BYTES, SIGNATURE_BYTES = 1 + 4 + 5 + 2, 64
CODE = re.compile("[A-Z2-7]{122}")
DOMAIN = b"carneau ticket code\x00"
QUIET_MODULES = 4
# Any mask can be read; choosing the prettiest of the eight, as the library does by itself, takes ten times as long.
MASK = 0


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
    signature = _key(settings.current().ticket_key).sign(DOMAIN + payload)
    return base64.b32encode(payload + signature).decode().rstrip("=")


def read(text: str) -> tuple[int, int, int]:
    """(event id, ticket id, revision) of a genuine code in capitals or not. Raises InvalidCode for anything else.
    Whether that revision still counts, and whether the ticket is valid, is for the database to say."""
    written = text.upper() if text.isascii() else ""
    if not CODE.fullmatch(written):
        raise InvalidCode(_("This is not the code of a ticket. Please scan it again, or open the link in your mail."))
    try:
        raw = base64.b32decode(written + "======")
        payload, signature = raw[:PAYLOAD_BYTES], raw[PAYLOAD_BYTES:]
        _key(settings.current().ticket_key).public_key().verify(signature, DOMAIN + payload)
    except (binascii.Error, InvalidSignature):
        raise _forged() from None
    if payload[0] != VERSION or base64.b32encode(raw).decode().rstrip("=") != written:
        raise _forged()
    return int.from_bytes(payload[1:5]), int.from_bytes(payload[5:10]), int.from_bytes(payload[10:12])


def _forged() -> InvalidCode:
    return InvalidCode(_("No ticket has this code. If you typed it, compare it with the one in your mail."))


@lru_cache(maxsize=2)
def _key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(seed + "=" * (-len(seed) % 4)))


def url(ticket: Ticket) -> str:
    """What the QR holds: any phone's camera opens it. In capitals, which take a third less room in a QR code."""
    site = urlsplit(settings.current().base_url)
    return f"{site.scheme}://{site.netloc}/t/{code(ticket)}".upper()


@lru_cache(maxsize=32)
def matrix(text: str) -> list[list[bool]]:
    """Rows of dark modules without the quiet zone: at most 45 x 45 (version 7) for a host of up to 45 letters.
    A mail draws each code twice, for the screen and for paper: the cache spares it half."""
    drawing = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    drawing.add_data(text, optimize=0)
    drawing.make(fit=True)
    return [[bool(module) for module in row] for row in drawing.modules]


def runs(text: str) -> list[tuple[int, int, int]]:
    """(x, y, length) of each stroke of dark modules."""
    return [
        (found.start(), y, found.end() - found.start())
        for y, row in enumerate(matrix(text))
        for found in re.finditer("1+", "".join("01"[module] for module in row))
    ]


def svg(ticket: Ticket) -> str:
    """Black on white in every theme, one path, quiet zone included."""
    text = url(ticket)
    strokes = runs(text)
    side = max(x + length for x, _y, length in strokes) + 2 * QUIET_MODULES
    path = "".join(f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{length}v1h-{length}z" for x, y, length in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img">'
        f"<title>{escape(_('QR code of the ticket'))}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def png(ticket: Ticket, pixels: int = 12) -> bytes:
    """`pixels` a module, quiet zone included; one bit a pixel."""
    rows = matrix(url(ticket))
    side = len(rows) + 2 * QUIET_MODULES
    picture = Image.new("1", (side, side), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                picture.putpixel((x + QUIET_MODULES, y + QUIET_MODULES), 0)
    out = io.BytesIO()
    picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()
