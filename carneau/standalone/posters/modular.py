"""A display alphabet of our own: letters on a grid of cells, each full, empty or a quarter circle."""

from PIL import Image, ImageDraw

from carneau.standalone.posters.sheet import SCALE

FULL, ROUND_TL, ROUND_TR, ROUND_BR, ROUND_BL = "#", "r", "7", "J", "L"

LETTERS = {
    "A": ["r#7", "#.#", "###", "#.#", "#.#"],
    "D": ["##7", "#.#", "#.#", "#.#", "##J"],
    "E": ["###", "#..", "##.", "#..", "###"],
    "H": ["#.#", "#.#", "###", "#.#", "#.#"],
    "L": ["#..", "#..", "#..", "#..", "###"],
    "M": ["r#r#7", "#.#.#", "#.#.#", "#.#.#", "#.#.#"],
    "N": ["##7", "#.#", "#.#", "#.#", "#.#"],
    "O": ["r#7", "#.#", "#.#", "#.#", "L#J"],
    "R": ["##7", "#.#", "##J", "#.7", "#.#"],
    "S": ["r##", "#..", "L#7", "..#", "##J"],
    "T": ["###", ".#.", ".#.", ".#.", ".#."],
    "U": ["#.#", "#.#", "#.#", "#.#", "L#J"],
    "W": ["#.#.#", "#.#.#", "#.#.#", "#.#.#", "L#L#J"],
}


def columns(text: str) -> int:
    return sum(len(LETTERS[letter][0]) for letter in text)


def word(text: str, cell_width: float, cell_height: float, gap: float, bridge: float = 0) -> Image.Image:
    """A mask at drawing size; a `bridge` above 0 cuts each letter through its middle, as a stencil is."""
    width = columns(text) * cell_width + (len(text) - 1) * gap
    mask = Image.new("L", (round(width * SCALE), round(5 * cell_height * SCALE)))
    pen = ImageDraw.Draw(mask)
    left = 0.0
    for letter in text:
        rows = LETTERS[letter]
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                _fill(pen, cell, left + column * cell_width, line * cell_height, cell_width, cell_height)
        if bridge:
            middle = left + len(rows[0]) * cell_width / 2
            edges = ((middle - bridge / 2) * SCALE, 0, (middle + bridge / 2) * SCALE, mask.height)
            pen.rectangle(edges, fill=0)
        left += len(rows[0]) * cell_width + gap
    return mask


def _fill(pen: ImageDraw.ImageDraw, cell: str, x: float, y: float, w: float, h: float) -> None:
    # neighbours share an edge, or a hairline of paper would show between them
    left, top, right, bottom = x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE
    if cell == FULL:
        pen.rectangle((left, top, right, bottom), fill=255)
    elif cell == ROUND_TL:
        pen.pieslice((left, top, 2 * right - left, 2 * bottom - top), 180, 270, fill=255)
    elif cell == ROUND_TR:
        pen.pieslice((2 * left - right, top, right, 2 * bottom - top), 270, 360, fill=255)
    elif cell == ROUND_BR:
        pen.pieslice((2 * left - right, 2 * top - bottom, right, bottom), 0, 90, fill=255)
    elif cell == ROUND_BL:
        pen.pieslice((left, 2 * top - bottom, 2 * right - left, bottom), 90, 180, fill=255)
