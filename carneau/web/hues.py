"""The colours of events, as classes: the content security policy allows no style beside the style sheet."""

import math
from functools import lru_cache

HUES = 24
COLOURLESS = 0.04


@lru_cache(maxsize=1000)
def accent(colour: str) -> str:
    """`#8a2b1d` -> `accent-h2`: the nearest of the hues in accents.css; `accent-ink` for what is nearly grey."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    if math.hypot(a, b) < COLOURLESS:
        return "accent-ink"
    return f"accent-h{round(math.degrees(math.atan2(b, a)) / (360 / HUES)) % HUES}"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
