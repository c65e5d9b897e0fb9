from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import Point, Sheet


@dataclass(frozen=True)
class Papers:
    ground: str
    house: str
    rooms: tuple[str, str, str, str]
    weather: str
    bright: str


DUSK = Papers("#f2c9b5", "#23324d", ("#e4572e", "#f3ead7", "#5f8fa8", "#c9a227"), "#23324d", "#fff4d6")
RAIN = Papers("#b9d3d0", "#17343a", ("#e9803a", "#f6ecd8", "#2f7f86", "#d1495b"), "#17343a", "#fff6e0")
FROST = Papers("#e9e2f0", "#3b2a4a", ("#c98a2b", "#f2b5a7", "#8a6fb0", "#4f8a8b"), "#3b2a4a", "#ffffff")


def cut(sheet: Sheet, points: Sequence[Point], ink: str, seed: int) -> None:
    """Scissors are never quite straight."""
    shake = Random(seed)  # noqa: S311  the same picture each time, no secret
    sheet.polygon([(x + shake.uniform(-7, 7), y + shake.uniform(-7, 7)) for x, y in points], ink)


def cloud(sheet: Sheet, x: float, y: float, size: float, ink: str) -> None:
    for dx, dy, radius in ((-0.62, 0.1, 0.36), (-0.1, -0.18, 0.5), (0.5, 0.06, 0.4)):
        sheet.disc(x + dx * size, y + dy * size, radius * size, ink)
    sheet.rect(x - 0.62 * size, y + 0.05 * size, x + 0.5 * size, y + 0.46 * size, ink)


def room(sheet: Sheet, left: float, top: float, right: float, bottom: float, ink: str) -> None:
    cut(sheet, [(left, top), (right, top), (right, bottom), (left, bottom)], ink, round(left + top))


def draw(papers: Papers) -> Sheet:
    sheet = Sheet(papers.ground)
    cut(sheet, [(110, 760), (600, 395), (1090, 760), (1070, 1330), (130, 1330)], papers.house, 4)
    cut(sheet, [(800, 430), (905, 425), (905, 640), (800, 560)], papers.house, 5)
    sun, rain, snow, bolt = papers.rooms
    cut(sheet, [(330, 700), (600, 500), (870, 700)], papers.bright, 6)
    room(sheet, 180, 760, 575, 1010, sun)
    room(sheet, 620, 755, 1020, 1005, rain)
    room(sheet, 185, 1055, 575, 1285, snow)
    room(sheet, 620, 1050, 1015, 1285, bolt)
    sheet.disc(600, 628, 54, papers.weather)
    sheet.disc(622, 612, 48, papers.bright)
    sheet.disc(380, 886, 78, papers.bright)
    cloud(sheet, 815, 842, 118, papers.weather)
    for column in range(6):
        x = 734 + column * 34
        sheet.stroke([(x, 916), (x - 16, 970)], 11, papers.weather)
    for row in range(4):
        for column in range(6):
            x = 226 + column * 60 + 30 * (row % 2)
            sheet.disc(x, 1095 + row * 50, 11, papers.bright)
    bolt_shape = [(835, 1066), (735, 1190), (805, 1186), (765, 1272), (905, 1140), (830, 1146), (880, 1066)]
    cut(sheet, bolt_shape, papers.bright, 8)
    bottom = fill_width(sheet, "The Weather", Face.DIDONE, 70, 70, 1060, papers.house)
    fill_width(sheet, "in the Walls", Face.DIDONE, 70, bottom + 34, 700, papers.house)
    write(sheet, "Théâtre du Quai Bleu, Orvelle", 31, 112, 1424, papers.house)
    write(sheet, "20:00", 31, 1088, 1424, papers.house, align="right")
    return sheet
