from functools import cache
from random import Random

from PIL import Image, ImageChops

from carneau.standalone.posters.sheet import DRAWN


@cache
def grain(seed: int, floor: int, coarseness: int = 2) -> Image.Image:
    """A mask between `floor` and 255, the same for the same seed on every machine."""
    size = (DRAWN[0] // coarseness, DRAWN[1] // coarseness)
    tile = Image.frombytes("L", (600, 500), Random(seed).randbytes(600 * 500))  # noqa: S311  no secret
    speckle = Image.new("L", size)
    for x in range(0, size[0], 600):
        for y in range(0, size[1], 500):
            speckle.paste(tile, (x, y))
    levels = [255 if value > floor else round(255 * value / max(floor, 1)) for value in range(256)]
    return speckle.point(levels).resize(DRAWN, Image.Resampling.NEAREST)


def worn(mask: Image.Image, seed: int, floor: int) -> Image.Image:
    return ImageChops.multiply(mask, grain(seed, floor).crop((0, 0, *mask.size)))
