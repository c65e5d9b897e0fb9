from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import SCALE, Sheet, blank_mask
from carneau.standalone.posters.texture import worn

PAPER, PINK, BLUE, NIGHT = "#f7f2e6", "#ff6a8f", "#2f74d6", "#1b2a63"
LEFT, TOP, RIGHT, BOTTOM = 90.0, 500.0, 1110.0, 1370.0


def arch(middle: float, half: float, top: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A doorway: its round head and its sides."""
    edge = [middle - half, top, middle + half, top + 2 * half]
    body = [middle - half, top + half, middle + half, BOTTOM]
    return tuple(v * SCALE for v in edge), tuple(v * SCALE for v in body)


def draw() -> Sheet:
    sheet = Sheet(PAPER)
    for ink, lean, seed in ((PINK, 1, 11), (BLUE, -1, 12)):
        mask, pen = blank_mask()
        pen.rectangle([edge * SCALE for edge in (LEFT, TOP, RIGHT, BOTTOM)], fill=255)
        for index in range(6):
            middle, half, top = 600 + lean * (150 - index * 30), 330 - index * 54, TOP + 70 + index * 90
            for shape, paint in zip(arch(middle, half, top), (pen.ellipse, pen.rectangle), strict=True):
                paint(shape, fill=255 if index % 2 else 0)
        sheet.overprint(ink, worn(mask, seed, 64))
    bottom = fill_width(sheet, "Tamsin", Face.SOFT, 90, 80, 640, NIGHT)
    fill_width(sheet, "Orrevall", Face.SOFT, 90, bottom + 22, 1020, NIGHT)
    write(sheet, "Small rooms, one piano", 33, 90, 1436, NIGHT)
    write(sheet, "Salle Ardoise, Orvelle, 20:30", 33, 1110, 1436, NIGHT, align="right")
    return sheet
