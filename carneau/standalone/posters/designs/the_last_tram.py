from math import hypot

from carneau.standalone.posters.lettering import place, write
from carneau.standalone.posters.modular import word
from carneau.standalone.posters.sheet import WIDTH, Sheet

NIGHT, INK, LAMP, GLOW = "#24407a", "#0a0f1c", "#ffcf5a", "#e8643c"
ROOFS = (
    (0, 760, 130),
    (130, 690, 150),
    (280, 800, 90),
    (370, 720, 120),
    (720, 740, 110),
    (830, 690, 140),
    (970, 780, 100),
    (1070, 710, 130),
)


def city(sheet: Sheet) -> None:
    for left, top, width in ROOFS:
        sheet.rect(left, top, left + width, 1200, INK)
        sheet.polygon([(left, top), (left + width / 2, top - 62), (left + width, top)], INK)
        for row in range(4):
            for column in range(2):
                if (left // 10 + row * 3 + column) % 4 == 0:
                    x, y = left + width * (0.28 + 0.34 * column), top + 50 + row * 80
                    sheet.rect(x - 11, y, x + 11, y + 34, LAMP)


def beam(sheet: Sheet) -> None:
    """Light as a halftone: dots shrink with the distance from the lamp."""
    for row in range(40):
        for column in range(-30, 90):
            x, y = column * 18 + 9 * (row % 2), 1060 + row * 15.6
            if abs(x - 600) > 90 + (y - 1060) * 1.5:
                continue
            radius = 12.5 - hypot(x - 600, y - 1050) / 58
            if radius > 1.5:
                sheet.disc(x, y, radius, LAMP)


def tram(sheet: Sheet) -> None:
    sheet.stroke([(0, 610), (600, 628), (1200, 610)], 5, INK)
    sheet.stroke([(548, 690), (600, 628), (652, 690)], 7, INK)
    sheet.polygon([(448, 730), (480, 684), (720, 684), (752, 730), (770, 1130), (430, 1130)], GLOW)
    sheet.rect(492, 704, 708, 750, INK)
    sheet.polygon([(470, 774), (592, 774), (592, 936), (461, 936)], INK)
    sheet.polygon([(608, 774), (730, 774), (739, 936), (608, 936)], INK)
    sheet.disc(600, 1040, 66, INK)
    sheet.disc(600, 1040, 54, "#fff3c9")
    for x in (488, 712):
        sheet.disc(x, 1070, 25, LAMP)
    sheet.rect(412, 1130, 788, 1164, INK)


def title(sheet: Sheet) -> None:
    place(sheet, "THE", word("THE", 44, 20, 18, 6), 70, 70, LAMP)
    place(sheet, "LAST", word("LAST", 80, 37, 33.3, 10), 70, 194, LAMP)
    place(sheet, "TRAM", word("TRAM", 68.6, 37, 33.2, 9), 70, 403, LAMP)


def draw() -> Sheet:
    sheet = Sheet(NIGHT)
    city(sheet)
    sheet.rect(0, 1150, WIDTH, 1500, INK)
    beam(sheet)
    tram(sheet)
    title(sheet)
    sheet.rect(0, 1392, WIDTH, 1500, INK)
    write(sheet, "Cinema on the Glacis", 34, 70, 1456, LAMP)
    write(sheet, "Open air, at nightfall", 34, 1130, 1456, LAMP, align="right")
    return sheet
