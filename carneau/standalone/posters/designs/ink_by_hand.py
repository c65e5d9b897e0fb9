from PIL import Image

from carneau.standalone.posters.lettering import Face, fill_width, letters_in_box, write
from carneau.standalone.posters.sheet import SCALE, Sheet, blank_mask
from carneau.standalone.posters.texture import worn

PAPER, CYAN, RED, YELLOW, INK = "#f5efe0", "#2aa7c9", "#e5402f", "#f7c62b", "#22201d"


def print_block(sheet: Sheet, letter: str, left: float, top: float, size: tuple[float, float], ink: str) -> None:
    mask, _ = blank_mask()
    glyph: Image.Image = letters_in_box(letter, Face.SLAB, *size)
    mask.paste(glyph, (round(left * SCALE), round(top * SCALE)))
    sheet.overprint(ink, worn(mask, round(left + top), 60))


def crosshair(sheet: Sheet, x: float, y: float) -> None:
    sheet.ring(x, y, 20, 3, INK)
    sheet.rect(x - 32, y - 1.5, x + 32, y + 1.5, INK)
    sheet.rect(x - 1.5, y - 32, x + 1.5, y + 32, INK)


def draw() -> Sheet:
    sheet = Sheet(PAPER)
    print_block(sheet, "g", 90, 120, (620, 860), YELLOW)
    print_block(sheet, "R", 330, 180, (640, 640), CYAN)
    print_block(sheet, "&", 520, 420, (590, 620), RED)
    for x in (60, 1140):
        for y in (60, 1440):
            crosshair(sheet, x, y)
    fill_width(sheet, "Ink by Hand", Face.SLAB, 90, 1130, 1020, INK)
    write(sheet, "A day with wood type", 33, 130, 1400, INK)
    write(sheet, "Atelier Cicéro, 10:00 to 16:30", 33, 1070, 1400, INK, align="right")
    return sheet
