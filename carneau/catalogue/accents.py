"""One accent an event, taken from its picture, moved in lightness until it reads as text on both themes."""

import colorsys
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

Rgb = tuple[int, int, int]
# The darkest paper and the lightest ink a text may stand on: what passes here passes on #faf6ef and #14110f.
DARKEST_PAPER: Rgb = (0xEF, 0xE8, 0xDB)
LIGHTEST_INK: Rgb = (0x26, 0x21, 0x1D)
ENOUGH = 4.5
COLOURLESS = 0.12


@dataclass(frozen=True)
class Accents:
    light: str
    dark: str


def luminance(colour: Rgb) -> float:
    """WCAG 2.2 relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def parse(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def of_picture(picture: Image.Image) -> Accents | None:
    """None for a picture without colour: the event keeps the house's accent."""
    colour = _strongest(picture)
    if colour is None:
        return None
    return Accents(_readable(colour, DARKEST_PAPER, -1), _readable(colour, LIGHTEST_INK, 1))


def _strongest(picture: Image.Image) -> Rgb | None:
    """The colour that strikes the eye: how vivid it is weighs more than how much of it there is."""
    few = picture.convert("RGB").resize((64, 64)).quantize(12).convert("RGB")
    shares: list[tuple[int, Rgb]] = few.getcolors(64 * 64) or []  # type: ignore[assignment]  # RGB, as it was converted
    vivid = [(_chroma(colour) * count**0.35, colour) for count, colour in shares if _chroma(colour) >= COLOURLESS]
    return max(vivid)[1] if vivid else None


def _chroma(colour: Rgb) -> float:
    return (max(colour) - min(colour)) / 255


def _readable(colour: Rgb, background: Rgb, direction: int) -> str:
    found = next(shade for shade in _shades(colour, direction) if contrast(shade, background) >= ENOUGH)
    return "#{:02x}{:02x}{:02x}".format(*found)


def _shades(colour: Rgb, direction: int) -> Iterator[Rgb]:
    """The colour, then ever darker or lighter ones of its hue, to black or white."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    while 0 < lightness < 1:
        red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
        yield round(red * 255), round(green * 255), round(blue * 255)
        lightness += direction * 0.01
    yield (0, 0, 0) if direction < 0 else (255, 255, 255)
