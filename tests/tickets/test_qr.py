import base64
import io
import secrets
from dataclasses import replace
from types import SimpleNamespace

import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from carneau.core import settings
from carneau.core.errors import NotFound
from carneau.tickets import qr
from carneau.tickets.qr import InvalidCode
from carneau.web import qr_drawing

TICKET = SimpleNamespace(event_id=7, id=123_456, revision=3)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@pytest.fixture
def code(app: Flask):
    with app.app_context():
        yield qr.code(TICKET)


def test_a_code_says_which_ticket_and_is_the_same_every_time(code):
    assert len(code) == 122
    assert set(code) <= set(LETTERS)
    assert qr.read(code) == qr.read(code.lower()) == (7, 123_456, 3)
    assert qr.code(TICKET) == code


def test_the_largest_ids_fit(app):
    with app.app_context():
        largest = SimpleNamespace(event_id=2**32 - 1, id=2**40 - 1, revision=2**15 - 1)
        assert qr.read(qr.code(largest)) == (2**32 - 1, 2**40 - 1, 2**15 - 1)


def test_every_flipped_bit_is_refused(code):
    raw = base64.b32decode(code + "======")
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidCode):
            qr.read(base64.b32encode(flipped).decode().rstrip("="))


def test_a_code_written_otherwise_is_refused(code):
    """The last letter carries two bits that say nothing: only one way to write them counts."""
    last = LETTERS.index(code[-1])
    for other in range(1, 4):
        with pytest.raises(InvalidCode):
            qr.read(code[:-1] + LETTERS[last ^ other])


def test_ten_thousand_random_codes_are_refused(app):
    with app.app_context():
        for _ in range(10_000):
            with pytest.raises(NotFound):
                qr.read(base64.b32encode(secrets.token_bytes(76)).decode().rstrip("="))


@pytest.mark.parametrize(
    "text",
    ["", "A", "A" * 121, "A" * 122, "A" * 123, "A" * 10_000, "🎫" * 122, "ı" * 122, "ſ" * 122, "\ud800" * 122,
     "=" * 122, "A" * 121 + "\n", "A" * 122 + "\n", " " + "A" * 121, "0" * 122, "１" * 122],
)  # fmt: skip
def test_what_is_no_code_is_refused_in_a_sentence(app, text):
    with app.app_context(), pytest.raises(InvalidCode, match=r"\w+ .*\."):
        qr.read(text)


def test_a_code_signed_with_another_key_is_refused(app, code):
    ours = settings.current()
    try:
        settings.bind(replace(ours, ticket_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()))
        with pytest.raises(InvalidCode):
            qr.read(code)
    finally:
        settings.bind(ours)


@pytest.mark.parametrize("host", ["t.example", "a" * 41 + ".org"])
def test_the_drawing_is_at_most_version_7_for_hosts_of_45_letters(app, host):
    ours = settings.current()
    try:
        settings.bind(replace(ours, base_url=f"https://{host}"))
        with app.app_context():
            address = qr.url(TICKET)
            side = len(qr_drawing.matrix(address))
    finally:
        settings.bind(ours)

    assert address.startswith(f"HTTPS://{host.upper()}/T/")
    assert side <= 17 + 4 * 7


def test_the_address_is_written_in_alphanumeric_mode(app):
    drawing = QRCode(error_correction=ERROR_CORRECT_M)
    with app.app_context():
        drawing.add_data(qr.url(TICKET), optimize=0)

    assert [data.mode for data in drawing.data_list] == [2]


def test_an_independent_reader_reads_the_png(app, code):
    with app.app_context():
        picture = Image.open(io.BytesIO(qr.png(TICKET)))
        found = zxingcpp.read_barcode(picture.convert("L"))

    assert found.text == f"HTTP://LOCALHOST/T/{code}"
    assert found.ec_level == "M"
    assert picture.getpixel((0, 0)) == 255


def test_an_independent_reader_reads_the_svg(app, code):
    with app.app_context():
        drawing = qr.svg(TICKET)

    assert drawing.count("<path") == 2
    assert zxingcpp.read_barcode(drawn(drawing)).text == f"HTTP://LOCALHOST/T/{code}"


def drawn(drawing: str, scale: int = 5) -> Image.Image:
    """The strokes `M<x> <y>h<length>v1h-<length>z` of the second path, painted."""
    side = int(drawing.split('viewBox="0 0 ')[1].split(" ")[0])
    picture = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(picture)
    for stroke in drawing.rsplit('d="M', 1)[1].split('"')[0].split("M"):
        x, rest = stroke.split(" ")
        y, length = rest.split("h")[:2]
        length = length.split("v")[0]
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + int(length) * scale - 1, top + scale - 1), fill=0)
    return picture
