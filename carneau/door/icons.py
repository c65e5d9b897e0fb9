"""Our mark (static/img/favicon.svg) as the pictures that a phone wants for its home screen."""

import io
from functools import cache

from PIL import Image, ImageDraw

PAPER, INK = "#f1eadc", "#1d1914"
SIZES = (180, 192, 512)
FINER = 4
UNITS = 44  # the mark is 32 wide; a launcher that cuts a circle out of the icon leaves it whole


@cache
def png(size: int) -> bytes:
    side = size * FINER
    picture = Image.new("RGB", (side, side), PAPER)
    draw, scale, edge = ImageDraw.Draw(picture), side / UNITS, (UNITS - 32) / 2

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        return [(value + edge) * scale for value in (left, top, right, bottom)]

    draw.rectangle(box(2, 6, 30, 26), fill=INK)
    for x in (2, 30):
        draw.ellipse(box(x - 3.5, 12.5, x + 3.5, 19.5), fill=PAPER)
    for y in (8.5, 12.8, 17.1, 21.4):
        draw.rectangle(box(20, y, 21.6, y + 2.2), fill=PAPER)
    draw.arc(box(6.5, 9.7, 17.7, 22.3), 38, 322, fill=PAPER, width=round(2.3 * scale))
    out = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()
