"""Lays two phones over the listing, from a folder that take_screenshots.py filled.

python docs/draw_readme_picture.py screenshots
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

HERE = Path(__file__).parent
DESK = (1280, 1010)
WINDOW = (360, 740)
PHONE = (288, 592)
EDGE = 7
ROUND = 24
FRAMES = {"light": (20, 18, 16), "dark": (96, 86, 72)}


def cut(folder: Path, name: str, width: int, theme: str, size: tuple[int, int]) -> Image.Image:
    (path,) = folder.glob(f"*-{name}-{width}-{theme}.png")
    with Image.open(path) as whole:
        return whole.convert("RGB").crop((0, 0, *size))


def put_phone(desk: Image.Image, screen: Image.Image, at: tuple[int, int], theme: str) -> None:
    width, height = PHONE[0] + 2 * EDGE, PHONE[1] + 2 * EDGE
    shadow = Image.new("L", desk.size, 0)
    box = (at[0], at[1] + 16, at[0] + width, at[1] + height + 16)
    ImageDraw.Draw(shadow).rounded_rectangle(box, ROUND + EDGE, fill=110)
    desk.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(20)))
    draw = ImageDraw.Draw(desk)
    draw.rounded_rectangle((at[0], at[1], at[0] + width, at[1] + height), ROUND + EDGE, fill=FRAMES[theme])
    mask = Image.new("L", PHONE, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *PHONE), ROUND, fill=255)
    desk.paste(screen, (at[0] + EDGE, at[1] + EDGE), mask)


def main(folder: Path) -> None:
    for theme in ("light", "dark"):
        desk = cut(folder, "listing", 1280, theme, DESK)
        put_phone(desk, cut(folder, "first-look", 360, theme, WINDOW).resize(PHONE), (640, 380), theme)
        put_phone(desk, cut(folder, "ticket", 360, theme, WINDOW).resize(PHONE), (956, 380), theme)
        desk.save(HERE / f"carneau-{theme}.webp", quality=82, method=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
