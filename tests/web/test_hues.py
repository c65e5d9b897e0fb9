import math
import re
from pathlib import Path

import pytest

from carneau.web.hues import HUES, accent

TOKENS = Path(__file__).parents[2] / "static/css/tokens.css"


@pytest.mark.parametrize(
    ("colour", "expected"),
    [("#ff0000", "accent-h2"), ("#ffff00", "accent-h7"), ("#0000ff", "accent-h18"), ("#777777", "accent-ink")],
)
def test_a_colour_finds_its_nearest_hue(colour: str, expected: str) -> None:
    assert accent(colour) == expected


def _oklch_luminance(lightness: float, chroma: float, hue: float) -> float:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return sum(weight * min(1, max(0, part)) for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def _hex_luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("hue", [360 / HUES * number for number in range(HUES)])
@pytest.mark.parametrize(("theme", "lightness", "chroma"), [(0, 0.46, 0.14), (1, 0.8, 0.12)])
def test_every_hue_reads_on_paper_and_card_of_both_themes(
    hue: float, theme: int, lightness: float, chroma: float
) -> None:
    accents = (TOKENS.parent / "accents.css").read_text()
    assert f"oklch({lightness} {chroma} var(--hue))" in accents
    values = TOKENS.read_text().split("@media")[theme]
    colour = _oklch_luminance(lightness, chroma, hue)
    for name in ("paper", "card", "on-accent"):
        found = re.search(rf"--{name}: (#\w+);", values)
        assert found
        lighter, darker = sorted((colour, _hex_luminance(found[1])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name
