from math import cos, hypot, radians, sin, sqrt

from carneau.standalone.posters.lettering import Face, fill_box, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, WIDTH, Sheet

VIOLET, ACID, PALE, ROSE = "#24104f", "#d7ff3e", "#f2ecff", "#ff5fa8"
CENTRE, RADIUS, PITCH = (600.0, 738.0), 484.0, 24.0


def dot(sheet: Sheet, x: float, y: float) -> None:
    """Lambert's law on a sphere lit from the upper left, with a lane left free for the great circle."""
    dx, dy = (x - CENTRE[0]) / RADIUS, (y - CENTRE[1]) / RADIUS
    if hypot(dx, dy) >= 1:
        return
    depth = sqrt(1 - dx * dx - dy * dy)
    light = max(0.0, -0.52 * dx - 0.56 * dy + 0.64 * depth)
    radius = PITCH * 0.485 * sqrt(light)
    if radius > 1.2 and abs(0.36 * dx - 0.83 * dy + 0.426 * depth) > 0.062:
        sheet.disc(x, y, radius, ACID)


def great_circle(sheet: Sheet) -> None:
    """The half that faces us of the circle whose plane has the normal (0.36, -0.83, 0.426)."""
    for step in range(-44, 45):
        turn = radians(step * 2.04)
        across, towards = sin(turn), cos(turn)
        x = across * 0.917 + towards * -0.1697
        y = across * 0.398 + towards * 0.3911
        sheet.disc(CENTRE[0] + RADIUS * x, CENTRE[1] + RADIUS * y, 5 + 8.5 * towards, ROSE)


def draw() -> Sheet:
    sheet = Sheet(VIOLET)
    for row in range(-2, 70):
        for column in range(-2, 56):
            dot(sheet, column * PITCH + PITCH / 2 * (row % 2), row * PITCH * 0.866)
    great_circle(sheet)
    sheet.rect(0, 1240, WIDTH, HEIGHT, ACID)
    fill_width(sheet, "SOLENN KAAR", Face.WIDE, 60, 1284, 1080, VIOLET)
    fill_box(sheet, "GREAT CIRCLE", Face.CONDENSED, (60, 60, 1140, 220), PALE)
    write(sheet, "Arène du Confluent, Orvelle", 33, 60, 1450, VIOLET)
    write(sheet, "20:00", 33, 1140, 1450, VIOLET, align="right")
    return sheet
