from collections.abc import Iterable, Sequence
from math import cos, radians, sin

from PIL import Image, ImageChops, ImageDraw

# Designs measure in 1200 by 1500 units. A poster is drawn twice as large as it is kept and then reduced, which makes
# its edges clean; it is kept as wide as the widest picture that a page asks of it.
WIDTH, HEIGHT = 1200, 1500
OVERSAMPLING = 2
SIZE = (960, 1200)
DRAWN = (SIZE[0] * OVERSAMPLING, SIZE[1] * OVERSAMPLING)
SCALE = DRAWN[0] / WIDTH

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def polar(x: float, y: float, radius: float, degrees: float) -> Point:
    return x + radius * cos(radians(degrees)), y + radius * sin(radians(degrees))


def scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


class Sheet:
    """One poster in the making; all lengths are units of the design."""

    def __init__(self, paper: str) -> None:
        self.image = Image.new("RGB", DRAWN, paper)
        self.pen = ImageDraw.Draw(self.image)
        self.words: list[tuple[str, Box]] = []

    def rect(self, left: float, top: float, right: float, bottom: float, ink: str) -> None:
        self.pen.rectangle((left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1), fill=ink)

    def disc(self, x: float, y: float, radius: float, ink: str) -> None:
        self.oval((x - radius, y - radius, x + radius, y + radius), ink)

    def oval(self, box: Box, ink: str) -> None:
        self.pen.ellipse([edge * SCALE for edge in box], fill=ink)

    def ring(self, x: float, y: float, radius: float, width: float, ink: str) -> None:
        edge = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.pen.ellipse(edge, outline=ink, width=round(width * SCALE))

    def sector(self, x: float, y: float, radius: float, start: float, end: float, ink: str) -> None:
        """Degrees run clockwise from three o'clock."""
        edge = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
        self.pen.pieslice(edge, start, end, fill=ink)

    def polygon(self, points: Iterable[Point], ink: str) -> None:
        self.pen.polygon(scaled(points), fill=ink)

    def stroke(self, points: Sequence[Point], width: float, ink: str, *, round_ends: bool = True) -> None:
        self.pen.line(scaled(points), fill=ink, width=round(width * SCALE), joint="curve")
        if round_ends:
            self.disc(*points[0], width / 2, ink)
            self.disc(*points[-1], width / 2, ink)

    def pour(self, ink: str, mask: Image.Image, left: float = 0, top: float = 0) -> None:
        """Opaque ink through a mask of drawing size."""
        self.image.paste(ink, (round(left * SCALE), round(top * SCALE)), mask)

    def overprint(self, ink: str, mask: Image.Image) -> None:
        """Transparent ink over the whole sheet: where two inks meet they darken, as in a riso print."""
        paper = Image.new("RGB", self.image.size, "white")
        paper.paste(ink, (0, 0), mask)
        self.image.paste(ImageChops.multiply(self.image, paper))

    def finish(self) -> Image.Image:
        return self.image.reduce(OVERSAMPLING)


def blank_mask() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    mask = Image.new("L", DRAWN)
    return mask, ImageDraw.Draw(mask)
