import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from carneau.catalogue import accents, images
from carneau.catalogue.models import Event
from carneau.core import settings
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid
from tests.making import make_event

PAPER, INK = (0xFA, 0xF6, 0xEF), (0x14, 0x11, 0x0F)


def picture(size=(700, 900), colour=(180, 30, 60), kind="PNG", **options):
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


def header_of_png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return start + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def stored(picture_bytes, words="A red square"):
    event_id = make_event().id
    with transaction():
        image = images.store(db.session.get_one(Event, event_id), picture_bytes, words)
    return image, db.session.get_one(Event, event_id)


def files():
    return {path.name: path for path in Path(settings.current().media_dir).iterdir()}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_in_every_width_it_fills_as_webp_and_jpeg(database, kind):
    image, _event = stored(picture(kind=kind))

    assert (image.width, image.height) == (640, 823)
    assert images.widths_of(image) == [320, 640]
    for width in (320, 640):
        for ending, format_ in (("webp", "WEBP"), ("jpg", "JPEG")):
            with Image.open(files()[f"{image.key}-{width}.{ending}"]) as kept:
                assert (kept.format, kept.width) == (format_, width)


def test_the_turn_that_exif_asks_for_is_made_and_the_rest_of_exif_is_gone(database):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera of a person"
    exif.get_ifd(0x8825)[1] = "N"
    image, _event = stored(picture((900, 700), kind="JPEG", exif=exif))

    assert image.height > image.width
    for name, path in files().items():
        if name.startswith(image.key):
            with Image.open(path) as kept:
                assert not kept.getexif()
                assert b"Camera of a person" not in path.read_bytes()


def test_transparency_becomes_paper_and_a_colour_profile_is_applied(database):
    glass = BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(glass, "PNG")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert images.decode(glass.getvalue()).pixels.getpixel((0, 0)) == (255, 255, 255)
    assert "icc_profile" not in images.decode(picture(kind="JPEG", icc_profile=profile)).pixels.info
    assert images.decode(picture(kind="JPEG", icc_profile=b"nonsense")).pixels.mode == "RGB"


def test_what_hangs_after_the_picture_is_not_served(database):
    image, _event = stored(picture(kind="JPEG") + b"PK\x03\x04<script>alert(1)</script>")

    for name, path in files().items():
        if name.startswith(image.key):
            assert b"<script>" not in path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nothing", b""),
        ("text", b"hello"),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"><script>1</script></svg>'),
        ("svg in a png's name", b"\x89PNG\r\n\x1a\n<svg/>"),
        ("html that begins as a gif", b"GIF89a<html>"),
        ("gif", picture(kind="GIF")),
        ("bmp", picture(kind="BMP")),
        ("tiff", picture(kind="TIFF")),
        ("truncated png", picture()[:200]),
        ("truncated jpeg", picture(kind="JPEG")[:2000]),
        ("truncated webp", picture(kind="WEBP")[:60]),
        ("header of 20,000 x 20,000", header_of_png(20_000, 20_000)),
        ("header of 7,000 x 7,000", header_of_png(7_000, 7_000)),
        ("header of 2^31 x 2^31", header_of_png(2**31 - 1, 2**31 - 1)),
        ("no width", header_of_png(0, 400)),
        ("no pixels behind the header", header_of_png(800, 800)),
        ("tiny", picture((319, 400))),
        ("a line", picture((4000, 400))),
        ("21 MB", b"\x89PNG" + bytes(21 * 1024 * 1024)),
    ],
)
def test_what_is_no_picture_of_ours_is_refused_with_a_sentence_and_leaves_nothing(database, name, content):
    before = set(files())

    with pytest.raises(Invalid) as refusal:
        stored(content)

    assert str(refusal.value).endswith(".")
    assert refusal.value.errors["picture"]
    assert set(files()) == before


def test_a_picture_needs_words_for_those_who_cannot_see_it(database):
    with pytest.raises(Invalid, match="what the picture shows"):
        stored(picture(), "  ")


@pytest.mark.parametrize("colour", [(255, 255, 0), (0, 0, 160), (10, 200, 255), (255, 0, 255), (230, 120, 20)])
def test_the_accent_of_the_picture_reads_on_paper_and_on_ink(database, colour):
    _image, event = stored(picture(colour=colour))

    assert accents.contrast(accents.parse(event.accent_light), PAPER) >= 4.5
    assert accents.contrast(accents.parse(event.accent_dark), INK) >= 4.5


def test_a_picture_without_colour_leaves_the_accent_of_the_house(database):
    _image, event = stored(picture(colour=(90, 90, 90)))

    assert (event.accent_light, event.accent_dark) == ("#8a2b1d", "#f0a58f")


def test_the_second_picture_does_not_change_the_accent(database):
    first, event = stored(picture(colour=(0, 0, 160)))
    accent = event.accent_light
    with transaction():
        second = images.store(event, picture(colour=(0, 160, 0)), "A green square")

    assert (first.position, second.position, event.accent_light) == (0, 1, accent)
