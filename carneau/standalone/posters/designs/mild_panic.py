from PIL import Image

from carneau.standalone.posters.lettering import Face, fill_width, letters, write
from carneau.standalone.posters.sheet import SCALE, Sheet

YELLOW, INK = "#ffd21f", "#121212"
TUMBLE = (
    ("P", 70, 470, -8),
    ("A", 390, 640, 13),
    ("N", 700, 480, -14),
    ("I", 486, 985, 31),
    ("C", 736, 916, -22),
)


def draw() -> Sheet:
    sheet = Sheet(YELLOW)
    fill_width(sheet, "Mild", Face.BLACK, 80, 90, 640, INK)
    write(sheet, "(everything is fine)", 36, 748, 372, INK)
    edges = []
    for letter, left, top, turn in TUMBLE:
        mask = letters(letter, Face.BLACK, 480).rotate(turn, Image.Resampling.BICUBIC, expand=True)
        mask = mask.crop(mask.getbbox())
        sheet.pour(INK, mask, left, top)
        edges.append((left, top, left + mask.width / SCALE, top + mask.height / SCALE))
    lefts, tops, rights, bottoms = zip(*edges, strict=True)
    sheet.words.append(("Panic", (min(lefts), min(tops), max(rights), max(bottoms))))
    write(sheet, "Five comedians, one kettle", 36, 80, 1376, INK)
    write(sheet, "Le Petit Vertige, Orvelle, 20:00", 36, 80, 1426, INK)
    return sheet
