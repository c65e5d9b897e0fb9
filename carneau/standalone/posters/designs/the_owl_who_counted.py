from carneau.standalone.posters.lettering import Face, fill_width, letters, write
from carneau.standalone.posters.sheet import SCALE, Sheet, polar

MINT, PLUM, CREAM, ORANGE, PINK, TEAL = "#bfe6d3", "#3a1f4b", "#fff6e3", "#ff8a3c", "#f4a6b7", "#1f8a83"


def eye(sheet: Sheet, x: float, y: float, number: str) -> None:
    for step in range(24):
        sheet.polygon([polar(x, y, 178, step * 15 - 5), polar(x, y, 178, step * 15 + 5), (x, y)], ORANGE)
    sheet.disc(x, y, 152, CREAM)
    sheet.disc(x, y, 96, PLUM)
    mask = letters(number, Face.SOFT, 120)
    sheet.pour(CREAM, mask, x - mask.width / SCALE / 2, y - mask.height / SCALE / 2)


def draw() -> Sheet:
    sheet = Sheet(MINT)
    sheet.polygon([(250, 430), (380, 610), (820, 610), (950, 430), (1010, 700), (190, 700)], PLUM)
    sheet.oval((170, 500, 1030, 1360), PLUM)
    rows = ((5, 960, TEAL), (6, 1030, PINK), (5, 1100, ORANGE), (4, 1170, TEAL), (3, 1240, PINK))
    for count, y, ink in reversed(rows):
        for index in range(count):
            x = 600 + (index - (count - 1) / 2) * 118
            sheet.sector(x, y, 66, 0, 180, ink)
    eye(sheet, 410, 740, "1")
    eye(sheet, 790, 740, "2")
    sheet.polygon([(545, 800), (655, 800), (600, 920)], ORANGE)
    for x in (480, 720):
        for toe in (-52, 0, 52):
            sheet.stroke([(x + toe, 1318), (x + toe * 1.2, 1362)], 34, ORANGE)
    sheet.stroke([(0, 1380), (1200, 1380)], 34, "#7a4a2b", round_ends=False)
    bottom = fill_width(sheet, "The Owl", Face.SOFT, 90, 70, 640, PLUM)
    fill_width(sheet, "Who Counted", Face.SOFT, 90, bottom + 22, 1020, PLUM)
    write(sheet, "Théâtre du Quai Bleu, small house", 33, 90, 1462, PLUM)
    write(sheet, "15:00, from age 4", 33, 1110, 1462, PLUM, align="right")
    return sheet
