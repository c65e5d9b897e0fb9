import secrets
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import sqlalchemy as sa
from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps

from carneau.catalogue import accents, storage
from carneau.catalogue.models import Event, EventImage
from carneau.core.db import db
from carneau.core.errors import Invalid

WIDTHS = (320, 640, 960, 1280)
FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_ALTERNATIVE_TEXT = 500
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
PAPER = (255, 255, 255)


@dataclass(frozen=True)
class Picture:
    """A decoded picture, upright, in sRGB, without a trace of the file it came from."""

    pixels: Image.Image
    accents: accents.Accents | None


def widths_of(image: EventImage) -> list[int]:
    return [width for width in WIDTHS if width <= image.width]


def store(event: Event, picture_bytes: bytes, alternative_text: str) -> EventImage:
    """Decoded and encoded anew, beside the pictures the event has; the first one gives the event its accent.

    Takes about a second of computing and writes files: a view does it before its transaction with `decode`.
    """
    return keep(event, decode(picture_bytes), alternative_text)


def keep(event: Event, picture: Picture, alternative_text: str) -> EventImage:
    words = alternative_text.strip()
    if not words or len(words) > LONGEST_ALTERNATIVE_TEXT:
        raise _refused(_("Please say in a few words what the picture shows, for those who cannot see it."))
    key = secrets.token_hex(12)
    width, height = _write(key, picture.pixels)
    last = db.session.scalar(sa.select(sa.func.max(EventImage.position)).where(EventImage.event_id == event.id))
    image = EventImage(
        organisation_id=event.organisation_id,
        event_id=event.id,
        position=0 if last is None else last + 1,
        key=key,
        alternative_text=words,
        width=width,
        height=height,
    )
    if last is None and picture.accents:
        event.accent_light, event.accent_dark = picture.accents.light, picture.accents.dark
    db.session.add(image)
    db.session.flush()
    return image


def decode(picture_bytes: bytes) -> Picture:
    """Raises Invalid. What the file calls itself counts for nothing, and its header is judged before its pixels."""
    if len(picture_bytes) > LARGEST_BYTES:
        raise _refused(_("This picture is larger than 20 MB. Please save it smaller."))
    try:
        with Image.open(BytesIO(picture_bytes), formats=FORMATS) as opened:
            _check_size(*opened.size)
            opened.load()
            pixels = _plain(ImageOps.exif_transpose(opened))
    except BOMB as error:
        raise _too_many_pixels() from error
    except BROKEN as error:
        raise _refused(_("We cannot read this picture. Please use a whole PNG, JPEG or WebP file.")) from error
    pixels.info.clear()
    return Picture(pixels, accents.of_picture(pixels))


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < WIDTHS[0]:
        raise _refused(_("This picture is too small: at least 320 pixels on each side, better 1280."))
    if max(width, height) > 3 * min(width, height):
        raise _refused(_("This picture is too long and thin: one side may be three times the other at most."))


def _plain(picture: Image.Image) -> Image.Image:
    """sRGB on white: no transparency, no palette, no colour profile."""
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        flat = Image.new("RGB", layer.size, PAPER)
        flat.paste(layer, mask=layer.getchannel("A"))
        return flat
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or picture.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")
    return picture.convert("RGB")


def _write(key: str, pixels: Image.Image) -> tuple[int, int]:
    """The size of the largest."""
    sizes = [(width, round(pixels.height * width / pixels.width)) for width in WIDTHS if width <= pixels.width]
    for size in sizes:
        for ending, content in _encode(pixels.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)):
            storage.put(f"{key}-{size[0]}.{ending}", content)
    return sizes[-1]


def _encode(pixels: Image.Image) -> Iterator[tuple[str, bytes]]:
    webp, jpeg = BytesIO(), BytesIO()
    pixels.save(webp, "WEBP", quality=80, method=4)
    pixels.save(jpeg, "JPEG", quality=82, optimize=True, progressive=True)
    yield "webp", webp.getvalue()
    yield "jpg", jpeg.getvalue()


def _too_many_pixels() -> Invalid:
    return _refused(_("This picture has more than 40 million pixels. Please save it smaller."))


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, errors={"picture": [sentence]})
