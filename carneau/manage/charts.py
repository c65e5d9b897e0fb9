"""Where the bars of a chart stand, in the units of its drawing. Templates draw them; no script does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 600, 160
MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int
    day: date


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one lying bar, in per mille of its length."""

    name: str
    x: int
    width: int


def columns(days: dict[date, int]) -> list[Bar]:
    """One for each day between the first and the last sale, days without one among them; at most the last 60."""
    if not days:
        return []
    last = max(days)
    first = max(min(days), last - timedelta(days=MOST_DAYS - 1))
    shown = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    tallest, step = max(days.values()) or 1, WIDTH / max(len(shown), 7)
    return [_bar(number * step, step, days.get(day, 0), tallest, day) for number, day in enumerate(shown)]


def _bar(x: float, step: float, value: int, tallest: int, day: date) -> Bar:
    height = round(value / tallest * (HEIGHT - 10), 1)
    return Bar(round(x + step * 0.1, 1), HEIGHT - height, round(step * 0.8, 1), height, value, day)


def parts(named: Sequence[tuple[str, int]]) -> list[Part]:
    whole, at, found = sum(value for _, value in named) or 1, 0, []
    for name, value in named:
        width = round(value * 1000 / whole)
        found.append(Part(name, at, width))
        at += width
    return found
