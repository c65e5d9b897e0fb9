from math import hypot, sqrt

from carneau.standalone.posters.lettering import Face, fill_box, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, WIDTH, Sheet

VIOLET, ACID, PALE = "#24104f", "#d7ff3e", "#f2ecff"
CENTRE, RADIUS, PITCH = (600.0, 742.0), 480.0, 23.0


def light(x: float, y: float) -> float:
    """Lambert's law on a sphere lit from the upper left."""
    dx, dy = (x - CENTRE[0]) / RADIUS, (y - CENTRE[1]) / RADIUS
    if hypot(dx, dy) >= 1:
        return 0
    return max(0.0, -0.52 * dx - 0.56 * dy + 0.64 * sqrt(1 - dx * dx - dy * dy))


def draw() -> Sheet:
    sheet = Sheet(VIOLET)
    for row in range(-2, 70):
        for column in range(-2, 56):
            x, y = column * PITCH + PITCH / 2 * (row % 2), row * PITCH * 0.866
            radius = PITCH * 0.62 * sqrt(light(x, y))
            if radius > 1.2:
                sheet.disc(x, y, radius, ACID)
    sheet.rect(0, 1240, WIDTH, HEIGHT, ACID)
    fill_width(sheet, "SOLENN KAAR", Face.WIDE, 60, 1284, 1080, VIOLET)
    fill_box(sheet, "GREAT CIRCLE", Face.CONDENSED, (60, 60, 1140, 220), PALE)
    write(sheet, "Arène du Confluent, Orvelle", 33, 60, 1450, VIOLET)
    write(sheet, "20:00", 33, 1140, 1450, VIOLET, align="right")
    return sheet
