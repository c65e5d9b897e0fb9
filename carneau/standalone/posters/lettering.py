from enum import StrEnum
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from carneau.standalone.posters.sheet import SCALE, Sheet

FONTS = Path(__file__).parent / "fonts"


class Face(StrEnum):
    BLACK = "archivo-black-latin-400-normal"
    TEXT = "archivo-latin-600-normal"
    CONDENSED = "anton-latin-400-normal"
    SLAB = "alfa-slab-one-latin-400-normal"
    DIDONE = "bodoni-moda-latin-800-italic"
    SOFT = "caprasimo-latin-400-normal"
    WIDE = "unbounded-latin-800-normal"


@cache
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"{face}.woff", size, layout_engine=ImageFont.Layout.BASIC)


def letters(text: str, face: Face, size: float, tracking: float = 0) -> Image.Image:
    """The ink of one line as a mask cropped to it, at drawing size; `tracking` is in parts of `size`."""
    cut = font(face, round(size * SCALE))
    gap = tracking * size * SCALE
    length = cut.getlength(text) + gap * (len(text) - 1)
    margin = round(size * SCALE)
    mask = Image.new("L", (round(length) + 2 * margin, 3 * margin))
    pen = ImageDraw.Draw(mask)
    for index, letter in enumerate(text):
        x = margin + cut.getlength(text[: index + 1]) - cut.getlength(letter) + index * gap
        pen.text((x, 2 * margin), letter, fill=255, font=cut, anchor="ls")
    return mask.crop(mask.getbbox())


def letters_of_width(text: str, face: Face, width: float, tracking: float = 0) -> Image.Image:
    trial = letters(text, face, 100, tracking)
    mask = letters(text, face, 100 * width * SCALE / trial.width, tracking)
    return mask.resize((round(width * SCALE), mask.height))


def letters_in_box(text: str, face: Face, width: float, height: float, tracking: float = 0) -> Image.Image:
    """Stretched to fill the box, as wood type is chosen to fill its line."""
    mask = letters_of_width(text, face, width, tracking)
    return mask.resize((round(width * SCALE), round(height * SCALE)), Image.Resampling.LANCZOS)


def place(sheet: Sheet, text: str, mask: Image.Image, left: float, top: float, ink: str) -> float:
    """Returns the bottom edge, from which the next line measures."""
    sheet.pour(ink, mask, left, top)
    right, bottom = left + mask.width / SCALE, top + mask.height / SCALE
    sheet.words.append((text, (left, top, right, bottom)))
    return bottom


def fill_width(
    sheet: Sheet, text: str, face: Face, left: float, top: float, width: float, ink: str, tracking: float = 0
) -> float:
    return place(sheet, text, letters_of_width(text, face, width, tracking), left, top, ink)


def fill_box(sheet: Sheet, text: str, face: Face, box: tuple[float, float, float, float], ink: str) -> float:
    left, top, right, bottom = box
    return place(sheet, text, letters_in_box(text, face, right - left, bottom - top), left, top, ink)


def write(
    sheet: Sheet,
    text: str,
    size: float,
    left: float,
    baseline: float,
    ink: str,
    face: Face = Face.TEXT,
    align: str = "left",
    tracking: float = 0,
) -> None:
    """One line on a baseline; `left` is the point that `align` (left, centre, right) hangs it from."""
    mask = letters(text, face, size, tracking)
    width = mask.width / SCALE
    start = left - {"left": 0, "centre": width / 2, "right": width}[align]
    rise = -font(face, round(size * SCALE)).getbbox(text, anchor="ls")[1] / SCALE
    place(sheet, text, mask, start, baseline - rise, ink)
