from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import Point, Sheet

SKY, TOP, LEFT, RIGHT = "#bfe3dc", "#f6ead0", "#e08a5b", "#a64b3c"
BRASS, SHINE, DEEP, INK = "#f0b429", "#ffe9a8", "#b9791a", "#2a1b2e"
UNIT, STEPS, SPAN, FOOT = 96, 7, 6, -9


def iso(x: float, y: float, z: float) -> Point:
    return 470 + (x - y) * UNIT * 0.866, 850 + (x + y) * UNIT * 0.5 - z * UNIT


def block(sheet: Sheet, y: float, height: float) -> None:
    near, far, left, right = y + 1, y, 0, SPAN
    back, corner, front = iso(left, far, height), iso(right, far, height), iso(right, near, height)
    edge = iso(left, near, height)
    sheet.polygon([back, corner, front, edge], TOP)
    sheet.polygon([edge, front, iso(right, near, FOOT), iso(left, near, FOOT)], LEFT)
    sheet.polygon([corner, front, iso(right, near, FOOT), iso(right, far, FOOT)], RIGHT)


def horn(sheet: Sheet, x: float, y: float, z: float) -> None:
    """A bell that looks at us, on its foot."""
    px, py = iso(x, y, z)
    sheet.oval((px - 32, py - 13, px + 32, py + 15), DEEP)
    sheet.stroke([(px, py), (px, py - 62)], 18, DEEP)
    sheet.disc(px, py - 98, 64, BRASS)
    sheet.disc(px - 5, py - 103, 49, SHINE)
    sheet.disc(px + 3, py - 95, 49, DEEP)
    sheet.disc(px + 6, py - 92, 29, INK)


def draw() -> Sheet:
    sheet = Sheet(SKY)
    for step in range(STEPS):
        y, height = step - 3, 1.3 - step * 0.8
        block(sheet, y, height)
        for seat in range(2):
            horn(sheet, 1.1 + seat * 2.9 + 1.45 * (step % 2), y + 0.5, height)
    sheet.rect(0, 1358, 1200, 1500, INK)
    bottom = fill_width(sheet, "BRASS", Face.SLAB, 80, 80, 1040, INK)
    fill_width(sheet, "on the Steps", Face.SLAB, 80, bottom + 24, 1040, INK)
    write(sheet, "Escalier des Tanneurs, Orvelle", 33, 80, 1440, TOP)
    write(sheet, "17:00", 33, 1120, 1440, TOP, align="right")
    return sheet
