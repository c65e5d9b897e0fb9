"""A photograph of a ticket, for a phone whose browser has no camera for us."""

import struct
import zlib
from io import BytesIO

import zxingcpp
from flask_babel import gettext as _
from PIL import Image, ImageOps

from carneau.admissions import reading
from carneau.core.errors import Invalid

FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2000
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class TooLarge(Invalid):
    def __init__(self) -> None:
        super().__init__(_("This photo is larger than 12 MB. Please take a smaller one."))


def read_code(photo: bytes) -> str:
    """The text of a QR code in it, one of ours before any other. Raises Invalid for what is no picture, its header
    judged before its pixels, and for one that shows no code."""
    found = zxingcpp.read_barcodes(_pixels(photo), formats=QR)
    texts = sorted((each.text for each in found if each.text), key=lambda text: reading.CODE.search(text) is None)
    if not texts:
        raise _refused(_("No code can be seen in this photo. Go closer and hold still, or look for the name."))
    return texts[0]


def _pixels(photo: bytes) -> Image.Image:
    if not photo:
        raise _refused(_("This photo is empty. Please take it again, or look for the name."))
    try:
        with Image.open(BytesIO(photo), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise _too_many()
            opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            pixels = ImageOps.exif_transpose(opened).convert("L")
    except BOMB as error:
        raise _too_many() from error
    except BROKEN as error:
        raise _refused(_("We cannot read this photo. A PNG, JPEG or WebP file works.")) from error
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return pixels


def _too_many() -> Invalid:
    return _refused(_("This photo has more than 40 million pixels. Please take a smaller one."))


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, {"photo": [sentence]})
