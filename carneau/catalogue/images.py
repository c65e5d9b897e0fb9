import secrets
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import sqlalchemy as sa
from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps

from carneau.catalogue import accents, storage
from carneau.catalogue.models import Event, EventImage
from carneau.core.db import db
from carneau.core.errors import Invalid

WIDTHS = storage.WIDTHS
FORMATS = ("PNG", "JPEG", "WEBP")
LARGEST_BYTES = 12 * 1024 * 1024
LONGEST_SOURCE_SIDE = 2560
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
    words = described(alternative_text)
    key = secrets.token_hex(12)
    storage.put_source(key, source_of(picture.pixels))
    width, height = write(key, picture.pixels)
    image = EventImage(
        organisation_id=event.organisation_id,
        event_id=event.id,
        position=next_position(event.id),
        key=key,
        source_key=key,
        alternative_text=words,
        width=width,
        height=height,
    )
    if image.position == 0 and picture.accents:
        event.accent_light, event.accent_dark = picture.accents.light, picture.accents.dark
    db.session.add(image)
    db.session.flush()
    return image


def next_position(event_id: int) -> int:
    last = db.session.scalar(sa.select(sa.func.max(EventImage.position)).where(EventImage.event_id == event_id))
    return 0 if last is None else last + 1


def described(alternative_text: str) -> str:
    words = alternative_text.strip()
    if not words or len(words) > LONGEST_ALTERNATIVE_TEXT:
        sentence = _("Please say in a few words what the picture shows, for those who cannot see it.")
        raise Invalid(sentence, errors={"alternative_text": [sentence]})
    return words


def check(picture_bytes: bytes) -> None:
    """Raises Invalid for what can be told in a blink and little memory; a job then reads every pixel."""
    with _opened(picture_bytes) as opened:
        match opened.format:
            case "PNG":
                opened.verify()
            case "JPEG":
                opened.draft("RGB", (WIDTHS[0], WIDTHS[0]))
                opened.load()
            case _:
                opened.load()


def decode(picture_bytes: bytes) -> Picture:
    """Raises Invalid. What the file calls itself counts for nothing, and its header is judged before its pixels."""
    with _opened(picture_bytes) as opened:
        if opened.format == "JPEG":
            opened.draft(None, (LONGEST_SOURCE_SIDE, LONGEST_SOURCE_SIDE))
        opened.load()
        pixels = _plain(ImageOps.exif_transpose(opened))
    pixels.info.clear()
    return Picture(pixels, accents.of_picture(pixels))


@contextmanager
def _opened(picture_bytes: bytes) -> Iterator[Image.Image]:
    if not picture_bytes:
        raise _refused(_("This file is empty. Please choose the picture again."))
    if len(picture_bytes) > LARGEST_BYTES:
        raise _refused(_("This picture is larger than 12 MB. Please save it smaller."))
    try:
        with Image.open(BytesIO(picture_bytes), formats=FORMATS) as opened:
            _check_size(*opened.size)
            yield opened
    except BOMB as error:
        raise _too_many_pixels() from error
    except BROKEN as error:
        raise _refused(_("We cannot read this picture. Please use a whole PNG, JPEG or WebP file.")) from error


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


def source_of(pixels: Image.Image) -> bytes:
    """What is kept to cut from: our own file, so nothing of the uploaded one lives on."""
    kept, file = pixels.copy(), BytesIO()
    kept.thumbnail((LONGEST_SOURCE_SIDE, LONGEST_SOURCE_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    kept.save(file, "JPEG", quality=92)
    return file.getvalue()


def write(key: str, pixels: Image.Image) -> tuple[int, int]:
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
