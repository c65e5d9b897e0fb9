from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, Sheet, polar

CLOTH, INK, TOMATO, LEAF, LEMON, PLATE = "#f6d7c3", "#2b1d1a", "#dc3f2b", "#2f7d4f", "#f3c53b", "#fffaf0"


def fish(sheet: Sheet, x: float, y: float) -> None:
    sheet.oval((x - 78, y - 34, x + 56, y + 34), LEAF)
    sheet.polygon([(x + 40, y), (x + 92, y - 36), (x + 92, y + 36)], LEAF)
    sheet.disc(x - 46, y - 8, 8, PLATE)


def slices(sheet: Sheet, x: float, y: float) -> None:
    sheet.disc(x, y, 74, LEMON)
    sheet.disc(x, y, 62, PLATE)
    for turn in range(8):
        sheet.sector(x, y, 56, turn * 45 + 4, turn * 45 + 41, LEMON)


def tomatoes(sheet: Sheet, x: float, y: float) -> None:
    for dx, dy in ((-40, 18), (38, 26), (0, -38)):
        sheet.disc(x + dx, y + dy, 38, TOMATO)
        for turn in range(5):
            sheet.stroke([(x + dx, y + dy), polar(x + dx, y + dy, 17, turn * 72)], 7, LEAF)


def loaf(sheet: Sheet, x: float, y: float) -> None:
    sheet.oval((x - 84, y - 46, x + 84, y + 46), "#c9803c")
    for dx in (-40, 0, 40):
        sheet.stroke([(x + dx - 10, y - 24), (x + dx + 12, y + 22)], 9, "#f3d9a8")


def draw() -> Sheet:
    sheet = Sheet(CLOTH)
    sheet.rect(330, 0, 870, HEIGHT, TOMATO)
    dishes = (fish, slices, tomatoes, loaf)
    for row in range(5):
        for column in range(2):
            x, y = 466 + column * 268, 470 + row * 268
            sheet.disc(x, y, 122, PLATE)
            sheet.ring(x, y, 104, 3, CLOTH)
            dishes[(row + column * 2) % 4](sheet, x, y)
        for x in (250, 950):
            sheet.disc(x, 470 + row * 268, 66, INK)
            sheet.disc(x, 470 + row * 268, 40, LEMON if (row + x // 700) % 2 else LEAF)
    sheet.rect(0, 0, 1200, 316, CLOTH)
    fill_width(sheet, "The Long Table", Face.SOFT, 70, 84, 1060, INK)
    write(sheet, "Halle Sainte-Marthe, Orvelle", 33, 70, 276, INK)
    write(sheet, "19:00, eighty neighbours", 33, 1130, 276, INK, align="right")
    return sheet
