from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import HEIGHT, Sheet, polar

NIGHT, CREAM, AMBER = "#0a1d3f", "#f3e9d2", "#ffae34"
BLUES = ["#123a7a", "#1c5bb5", "#3f86dc", "#86b6ee", "#c9def5"]
CENTRE = (600.0, 560.0)


def draw() -> Sheet:
    sheet = Sheet(NIGHT)
    x, y = CENTRE
    for index, (ink, start, sweep) in enumerate(
        zip(BLUES, (200, 285, 20, 110, 240), (300, 270, 290, 250, 280), strict=True)
    ):
        radius = 490 - index * 82
        sheet.sector(x, y, radius, start, start + sweep, ink)
        sheet.disc(x, y, radius - 58, NIGHT)
    sheet.polygon([(x - 13, y), (x - 9, y - 250), (x + 9, y - 250), (x + 13, y)], CREAM)
    minute = polar(x, y, 470, -60)
    sheet.stroke([CENTRE, minute], 18, AMBER)
    sheet.disc(x, y, 44, AMBER)
    sheet.disc(x, y, 14, NIGHT)
    sheet.rect(0, 1118, 1200, HEIGHT, AMBER)
    bottom = fill_width(sheet, "FIVE PAST", Face.CONDENSED, 60, 1152, 520, NIGHT)
    fill_width(sheet, "BLUE", Face.CONDENSED, 640, 1152, 500, NIGHT)
    for line, text in enumerate(("A jazz quintet, close up", "Cave Saint-Loup, Orvelle", "21:00")):
        write(sheet, text, 31, 60, bottom + 66 + line * 42, NIGHT)
    return sheet
