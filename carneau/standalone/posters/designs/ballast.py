from carneau.standalone.posters.lettering import Face, letters_of_width, place, write
from carneau.standalone.posters.sheet import Sheet, polar

CREAM, INK, RED, BLUE, YELLOW = "#f1e8d6", "#191919", "#d8352a", "#1d4fa0", "#f2b61f"


def draw() -> Sheet:
    sheet = Sheet(CREAM)
    sheet.sector(600, 1190, 330, 180, 360, BLUE)
    sheet.sector(600, 1190, 165, 180, 360, CREAM)
    tilt = -14
    left, right = polar(600, 846, 560, 180 + tilt), polar(600, 846, 560, tilt)
    sheet.stroke([left, right], 30, INK, round_ends=False)
    sheet.polygon([(600, 830), (560, 870), (640, 870)], INK)
    x, y = polar(600, 846, 400, 180 + tilt)
    sheet.disc(x + 24, y - 170, 152, RED)
    sheet.sector(x + 24, y - 170, 152, 76, 256, "#a8231c")
    bx, by = polar(600, 846, 410, tilt)
    sheet.polygon([(bx - 156, by + 24), (bx + 130, by - 47), (bx - 70, by - 330)], YELLOW)
    sheet.disc(bx - 84, by - 372, 46, INK)
    sheet.rect(92, 1190, 1108, 1204, INK)
    title = letters_of_width("BALLAST", Face.BLACK, 1016, tracking=0.02)
    place(sheet, "BALLAST", title, 92, 92, INK)
    write(sheet, "Compagnie Contrepoids", 38, 92, 1270, INK, Face.BLACK)
    write(sheet, "A circus about weight", 34, 92, 1322, INK)
    write(sheet, "Chapiteau, quai des Forges", 34, 1108, 1270, INK, align="right")
    write(sheet, "Orvelle, 19:30", 34, 1108, 1322, INK, align="right")
    for index, ink in enumerate((RED, YELLOW, BLUE)):
        sheet.rect(92 + index * 348, 1392, 92 + index * 348 + 320, 1416, ink)
    return sheet
