"""What a phone's camera sees at a door: a guest's screen or paper held into the light, drawn frame by frame."""

import io
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 720, 1280
SCREEN, FINER = 1.3, 3
Point = tuple[float, float]


@dataclass(frozen=True)
class Shot:
    """`size` is the side of the code in pixels of the frame (quiet zone included), angles are degrees, `blur` and
    `shake` pixels; `light` 1 is a lit foyer, 0.1 a street at night; `glare` the part of the code under a lamp."""

    name: str
    size: int = 360
    turn: float = 0
    tilt: float = 0
    blur: float = 0.6
    shake: int = 0
    light: float = 1
    contrast: float = 1
    glare: float = 0
    cracks: int = 0
    grain: float = 4
    at: Point = (0.5, 0.5)
    seed: int = 1


SIZES = (120, 160, 240, 360, 560)
CONDITIONS = (
    Shot("held well"),
    Shot("turned", turn=33),
    Shot("upside down", turn=184),
    Shot("tilted 30", tilt=30),
    Shot("tilted 50", tilt=50, turn=12),
    Shot("out of focus", blur=2.4),
    Shot("shaken", shake=9),
    Shot("glare", glare=0.35),
    Shot("glare and tilted", glare=0.45, tilt=25, turn=-20),
    Shot("low light", light=0.18, grain=14),
    Shot("night", light=0.08, grain=18, blur=1.2),
    Shot("dim cracked screen", contrast=0.3, light=0.5, cracks=9),
    Shot("everything a little", turn=15, tilt=20, blur=1.4, shake=4, glare=0.2, light=0.45, cracks=3, grain=9),
)
EVERY_SHOT = tuple(
    replace(shot, name=f"{shot.name}, {size} px", size=size, seed=seed, at=(0.5 + 0.06 * (-1) ** seed, 0.5))
    for shot in CONDITIONS
    for seed, size in enumerate(SIZES)
)


def film(code: Image.Image, shot: Shot) -> Image.Image:
    """One frame: the code on a bright card in front of a dark, uneven room, through a lens and a sensor."""
    luck = random.Random(shot.seed)
    frame = _room(luck)
    card = _card(code, shot, luck)
    corners = _held(card.width * shot.size / code.width, shot)
    left, top = (int(min(axis)) for axis in zip(*corners, strict=True))
    right, bottom = (int(max(axis)) + 2 for axis in zip(*corners, strict=True))
    fine = ((right - left) * FINER, (bottom - top) * FINER)
    warp = _warp([((x - left) * FINER, (y - top) * FINER) for x, y in corners], card.size)
    held = card.transform(fine, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BILINEAR)
    whole = Image.new("L", card.size, 255).transform(fine, Image.Transform.PERSPECTIVE, warp)
    frame.paste(held.reduce(FINER), (left, top), whole.reduce(FINER))
    if shot.glare:
        frame = _under_a_lamp(frame, shot, luck)
    return _seen(frame, shot)


def _room(luck: random.Random) -> Image.Image:
    small = Image.new("L", (9, 16))
    small.putdata([luck.randint(20, 110) for _ in range(9 * 16)])
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _card(code: Image.Image, shot: Shot, luck: random.Random) -> Image.Image:
    side = round(code.width * SCREEN)
    card = Image.new("L", (side, side), 255)
    card.paste(code.convert("L"), ((side - code.width) // 2,) * 2)
    pen = ImageDraw.Draw(card)
    centre = (luck.uniform(0.2, 0.8) * side, luck.uniform(0.2, 0.8) * side)
    for _ in range(shot.cracks):
        way = luck.uniform(0, math.tau)
        line = [centre]
        for _step in range(6):
            way += luck.uniform(-0.5, 0.5)
            x, y = line[-1]
            line.append((x + side / 8 * math.cos(way), y + side / 8 * math.sin(way)))
        pen.line(line, fill=luck.choice((30, 220)), width=max(2, side // 170))
    return card.point(lambda value: 128 + (value - 128) * shot.contrast)


def _held(side: float, shot: Shot) -> list[Point]:
    """Corners of a square turned in the plane and tilted away from a camera four sides distant."""
    turn, tilt = math.radians(shot.turn), math.radians(shot.tilt)
    corners = []
    for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        across, down = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        nearer = 4 / (4 + across * math.sin(tilt))
        corners.append(
            (shot.at[0] * WIDTH + side * across * math.cos(tilt) * nearer, shot.at[1] * HEIGHT + side * down * nearer)
        )
    return corners


def _warp(corners: list[Point], size: tuple[int, int]) -> tuple[float, ...]:
    """Pillow asks where each pixel of the frame comes from: the inverse of Heckbert's square-to-quad map."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    share = dx1 * dy2 - dx2 * dy1
    g, h = (dx3 * dy2 - dx2 * dy3) / share, (dx1 * dy3 - dx3 * dy1) / share
    a, b, c = x1 - x0 + g * x1, x3 - x0 + h * x3, x0
    d, e, f = y1 - y0 + g * y1, y3 - y0 + h * y3, y0
    back = (
        e - f * h, c * h - b, b * f - c * e,
        f * g - d, a - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip
    scales = (size[0],) * 3 + (size[1],) * 3 + (1,) * 3
    scaled = [value * scale / back[8] for value, scale in zip(back, scales, strict=True)]
    return tuple(scaled[:8])


def _under_a_lamp(frame: Image.Image, shot: Shot, luck: random.Random) -> Image.Image:
    lamp = Image.new("L", frame.size, 0)
    across, reach = shot.size * shot.glare, shot.size * 0.3
    x = shot.at[0] * WIDTH + luck.uniform(-reach, reach)
    y = shot.at[1] * HEIGHT + luck.uniform(-reach, reach)
    ImageDraw.Draw(lamp).ellipse((x - across / 2, y - across / 3, x + across / 2, y + across / 3), fill=255)
    return ImageChops.add(frame, lamp.filter(ImageFilter.GaussianBlur(across / 8)))


def _seen(frame: Image.Image, shot: Shot) -> Image.Image:
    if shot.shake:
        moved = [ImageChops.offset(frame, step, step // 2) for step in range(shot.shake)]
        frame = moved[0]
        for number, other in enumerate(moved[1:], start=2):
            frame = Image.blend(frame, other, 1 / number)
    frame = frame.filter(ImageFilter.GaussianBlur(shot.blur))
    frame = frame.point(lambda value: value * shot.light)
    grain = Image.effect_noise(frame.size, shot.grain)
    return ImageChops.add(frame, grain, scale=1, offset=-128)


def jpeg(frame: Image.Image) -> bytes:
    out = io.BytesIO()
    frame.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


def video(frames: Iterable[Image.Image], path: Path) -> Path:
    """A file for Chromium's --use-file-for-fake-video-capture: pictures one after the other, played in a loop."""
    path.write_bytes(b"".join(_lasting(frames)))
    return path


def _lasting(frames: Iterable[Image.Image]) -> Iterator[bytes]:
    for frame in frames:
        yield jpeg(frame)
