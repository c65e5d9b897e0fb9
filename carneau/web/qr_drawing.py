import re
from functools import lru_cache

from markupsafe import Markup, escape
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_MODULES = 4
# Any mask can be read; choosing the prettiest of the eight, as the library does by itself, takes ten times as long.
MASK = 0


@lru_cache(maxsize=32)
def matrix(text: str) -> list[list[bool]]:
    """Rows of dark modules without the quiet zone: at most 45 x 45 (version 7) for a host of up to 45 letters.
    A mail draws each code twice, for the screen and for paper: the cache spares it half."""
    drawing = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    drawing.add_data(text, optimize=0)
    drawing.make(fit=True)
    return [[bool(module) for module in row] for row in drawing.modules]


def runs(text: str) -> list[tuple[int, int, int]]:
    """(x, y, length) of each stroke of dark modules."""
    return [
        (found.start(), y, found.end() - found.start())
        for y, row in enumerate(matrix(text))
        for found in re.finditer("1+", "".join("01"[module] for module in row))
    ]


def svg(text: str, title: str) -> Markup:
    """Black on white in every theme, one path, quiet zone included."""
    strokes = runs(text)
    side = max(x + length for x, _y, length in strokes) + 2 * QUIET_MODULES
    path = "".join(f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{length}v1h-{length}z" for x, y, length in strokes)
    return Markup(  # noqa: S704  numbers of ours, and a title that is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" role="img">'
        f"<title>{escape(title)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )
