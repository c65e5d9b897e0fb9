from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, WIDTH, Sheet

GREEN, CREAM, ROSE = "#0f3d33", "#f4ead5", "#f0a58f"


def draw() -> Sheet:
    sheet = Sheet(GREEN)
    for x, y, ink in ((250, 300, CREAM), (950, 300, ROSE), (250, 1010, ROSE), (950, 1010, CREAM)):
        for index in range(22):
            sheet.ring(x, y, 24 + index * 24, 7, ink)
    sheet.rect(0, 1080, WIDTH, HEIGHT, GREEN)
    fill_width(sheet, "Four Chairs", Face.DIDONE, 80, 1130, 1040, CREAM)
    write(sheet, "A string quartet, in the round", 33, 80, 1440, ROSE)
    write(sheet, "Église Saint-Éloi, 19:30", 33, 1120, 1440, ROSE, align="right")
    return sheet
