from PIL import Image

from carneau.catalogue.models import Ratio

LEAST_SIDE = 320


def box(size: tuple[int, int], ratio: Ratio, focus_x: int, focus_y: int) -> tuple[int, int, int, int]:
    """The largest part of this ratio that keeps the point (in percent) as near to its middle as the edges allow."""
    width, height = size
    if ratio is Ratio.WHOLE:
        return 0, 0, width, height
    across, down = (int(part) for part in ratio.split(":"))
    if width * down > height * across:
        shown = max(1, round(height * across / down))
        left = _start(width, shown, focus_x)
        return left, 0, left + shown, height
    shown = max(1, round(width * down / across))
    top = _start(height, shown, focus_y)
    return 0, top, width, top + shown


def _start(whole: int, shown: int, focus: int) -> int:
    return min(max(round(whole * focus / 100 - shown / 2), 0), whole - shown)


def cut(pixels: Image.Image, ratio: Ratio, focus_x: int, focus_y: int) -> Image.Image:
    """Never narrower than the smallest size on the pages."""
    part = pixels.crop(box(pixels.size, ratio, focus_x, focus_y))
    if part.width >= LEAST_SIDE:
        return part
    size = (LEAST_SIDE, round(part.height * LEAST_SIDE / part.width))
    return part.resize(size, Image.Resampling.LANCZOS)
