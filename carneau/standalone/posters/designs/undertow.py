from math import exp, sin

from carneau.standalone.posters.lettering import place, write
from carneau.standalone.posters.modular import word
from carneau.standalone.posters.sheet import SCALE, WIDTH, Sheet

NIGHT, FOAM, CORAL = "#0d0d14", "#f4f1e8", "#ff4d2e"


def swell(x: float, y: float) -> float:
    calm = max(0.0, min(1.0, (884 - y) / 220))
    near = exp(-(((x - 700) / 330) ** 2) - ((y - 420) / 260) ** 2)
    return y + calm * (150 * near * sin((x - 700) / 88 + y / 120) + 16 * sin(x / 150 + y / 210))


def draw() -> Sheet:
    sheet = Sheet(FOAM)
    for index in range(-8, 40):
        top, bottom = index * 26, index * 26 + 13
        across = range(-10, WIDTH + 20, 6)
        upper = [(x, swell(x, top)) for x in across]
        lower = [(x, swell(x, bottom)) for x in reversed(across)]
        sheet.polygon(upper + lower, NIGHT)
    sheet.rect(0, 884, WIDTH, 1500, NIGHT)
    cell = 1080 / (15 + 4 * 0.5)
    under = word("UNDER", cell, 48, cell / 2)
    place(sheet, "UNDER", under, 60, 830 + 110, CORAL)
    tow = word("TOW", cell, 48, cell / 2)
    right = 60 + under.width / SCALE
    place(sheet, "TOW", tow, right - tow.width / SCALE, 1210, CORAL)
    write(sheet, "La Cale Sèche", 30, 60, 1240, FOAM)
    write(sheet, "Orvelle", 30, 60, 1280, FOAM)
    write(sheet, "23:00 to 05:00", 30, 60, 1450, FOAM)
    return sheet
