from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import Sheet, polar

PAPER, INK = "#efeae4", "#191722"
WARM, COOL = (255, 92, 57), (47, 44, 121)
STEPS = 22


def blend(share: float) -> str:
    mixed = (round(a + (b - a) * share) for a, b in zip(WARM, COOL, strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def draw() -> Sheet:
    """A square that falls down its own staircase, every step of it kept."""
    sheet = Sheet(PAPER)
    for step in range(STEPS):
        share = step / (STEPS - 1)
        x, y = 150 + 900 * share, 470 + 830 * share**2.1 - 60 * share
        size = 330 - 190 * share
        corners = [polar(x, y, size, 45 + 205 * share + turn) for turn in (0, 90, 180, 270)]
        sheet.polygon(corners, PAPER)
        inner = [polar(x, y, size - 16, 45 + 205 * share + turn) for turn in (0, 90, 180, 270)]
        sheet.polygon(inner, blend(share))
    sheet.rect(0, 0, 1200, 250, PAPER)
    fill_width(sheet, "GRAVITY,", Face.BLACK, 70, 70, 1060, INK)
    fill_width(sheet, "AGAIN", Face.BLACK, 70, 1196, 600, INK)
    write(sheet, "Les Heures Pleines", 33, 70, 1430, INK)
    write(sheet, "Les Entrepôts, Orvelle, 20:00", 33, 1130, 1430, INK, align="right")
    return sheet
