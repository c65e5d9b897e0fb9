from carneau.standalone.posters.lettering import Face, fill_width, write
from carneau.standalone.posters.sheet import Sheet

NAVY, CREAM, RUST, MUSTARD, SKY = "#1b2a41", "#f5ecd7", "#c8452d", "#e7a72e", "#8fb8c9"
PATCH = 216.0


def pinwheel(sheet: Sheet, left: float, top: float, ink: str, other: str) -> None:
    half = PATCH / 2
    x, y = left + half, top + half
    sheet.rect(left, top, left + PATCH, top + PATCH, other)
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        corner = (x + dx * half, y + dy * half)
        side = (x + dx * half, y) if dx == dy else (x, y + dy * half)
        sheet.polygon([(x, y), corner, side], ink)


def star(sheet: Sheet, left: float, top: float, ink: str, other: str) -> None:
    third = PATCH / 4
    sheet.rect(left, top, left + PATCH, top + PATCH, other)
    x, y = left + PATCH / 2, top + PATCH / 2
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        tip = (x + dx * PATCH / 2, y + dy * PATCH / 2)
        base = [(x + dx * third + dy * third, y + dy * third + dx * third)]
        base.append((x + dx * third - dy * third, y + dy * third - dx * third))
        sheet.polygon([tip, *base], ink)
    sheet.rect(x - third, y - third, x + third, y + third, ink)
    sheet.polygon([(x, y - third), (x + third, y), (x, y + third), (x - third, y)], MUSTARD)


def draw() -> Sheet:
    sheet = Sheet(NAVY)
    for row in range(4):
        for column in range(5):
            left, top = 60 + column * PATCH, 60 + row * PATCH
            if (row + column) % 2:
                pinwheel(sheet, left, top, RUST if column % 2 else CREAM, NAVY if column % 2 else SKY)
            else:
                star(sheet, left, top, CREAM if row % 2 else RUST, NAVY if row % 2 else CREAM)
    bottom = fill_width(sheet, "The Lantern", Face.SLAB, 60, 978, 1080, CREAM)
    fill_width(sheet, "Ceilidh", Face.SLAB, 60, bottom + 24, 760, MUSTARD)
    write(sheet, "Ropewalk Hall, Harrowmouth", 33, 60, 1440, CREAM)
    write(sheet, "19:30", 33, 1140, 1440, CREAM, align="right")
    return sheet
