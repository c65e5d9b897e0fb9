import io

import pytest
import sqlalchemy as sa
from PIL import Image

from carneau.admissions.models import Scan
from carneau.core.db import db
from carneau.tickets import qr
from tests.door.phones import press
from tests.scanning import state_of


def picture(drawing, kind="PNG"):
    file = io.BytesIO()
    drawing.save(file, kind)
    return io.BytesIO(file.getvalue())


def photographed(phone, event, file):
    return press(phone, event, "photos", photo=(file, "photo.png"))


def test_photo_of_a_ticket_lets_in(phone, event, tickets):
    code = Image.open(io.BytesIO(qr.png(tickets[0], 6))).convert("RGB")
    scene = Image.new("RGB", (1600, 1200), "#665544")
    scene.paste(code.rotate(7, expand=True, fillcolor="#665544"), (300, 200))

    assert 'class="verdict come_in"' in photographed(phone, event, picture(scene, "JPEG")).text
    assert state_of(tickets[0]).status == "redeemed"


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (b"", "This photo is empty"),
        (b"GIF89a", "We cannot read this photo"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "We cannot read this photo"),
        (picture(Image.effect_noise((800, 600), 90)).read(), "No code can be seen"),
    ],
    ids=["empty", "gif", "broken", "cat"],
)
def test_photo_without_a_code_says_so(phone, event, photo, sentence):
    answer = photographed(phone, event, io.BytesIO(photo))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Scan)) == 0


def test_photo_that_would_fill_the_memory_is_refused_by_its_header(phone, event):
    bomb = picture(Image.new("1", (30_000, 30_000)))

    assert "40 million pixels" in photographed(phone, event, bomb).text


def test_photo_that_is_too_large_is_refused(phone, event):
    answer = photographed(phone, event, io.BytesIO(b"x" * (13 * 1024 * 1024)))

    assert answer.status_code == 422
    assert "larger than 12 MB" in answer.text
