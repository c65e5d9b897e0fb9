from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, WIDTH, Sheet

SKY = ["#2b1a5a", "#4a1f6f", "#7a2478", "#b02d74", "#de4763", "#f5704f", "#fb9b4b", "#fdc35a"]
SUN = ["#fdc35a", "#fed57a", "#fee59d", "#fff1c4", "#fffbe6"]
FURROWS = ["#123b3a", "#f5704f", "#1b5a4c", "#fdc35a", "#123b3a", "#de4763", "#1b5a4c", "#fee59d"]
HORIZON = 930


def draw() -> Sheet:
    sheet = Sheet(SKY[0])
    for index, ink in enumerate(SKY):
        sheet.disc(600, HORIZON, 1080 - index * 106, ink)
    for index, ink in enumerate(SUN):
        sheet.disc(600, HORIZON, 300 - index * 52, ink)
    sheet.rect(0, HORIZON, WIDTH, HEIGHT, "#0c2b2b")
    rows = 28
    for index in range(rows):
        left, right = -3600 + index * 300, -3600 + (index + 1) * 300
        horizon_left, horizon_right = 600 + (left - 600) * 0.1, 600 + (right - 600) * 0.1
        furrow = [(horizon_left, HORIZON), (horizon_right, HORIZON), (right, HEIGHT), (left, HEIGHT)]
        sheet.polygon(furrow, FURROWS[index % len(FURROWS)])
    for x, height, width in ((150, 150, 54), (232, 96, 40), (985, 190, 60), (1076, 120, 44)):
        sheet.oval((x - width / 2, HORIZON - height, x + width / 2, HORIZON - 12), "#0c2b2b")
        sheet.rect(x - 4, HORIZON - 40, x + 4, HORIZON + 1, "#0c2b2b")
    bottom = fill_width(sheet, "PARALLEL", Face.WIDE, 70, 80, 1060, "#fff1c4")
    fill_width(sheet, "FIELDS", Face.WIDE, 70, bottom + 30, 1060, "#fff1c4")
    sheet.rect(0, 1392, WIDTH, HEIGHT, "#2b1a5a")
    write(sheet, "Two days of music", 34, 70, 1460, "#fff1c4")
    write(sheet, "Parc des Trois Îles, Orvelle", 34, 1130, 1460, "#fff1c4", align="right")
    return sheet
