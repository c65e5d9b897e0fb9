"""Where the bars of a chart stand, in the units of its drawing. Templates draw them; no script does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

WIDTH, HEIGHT = 600, 160
MOST_DAYS = 60
FEWEST_BARS = 7
When = TypeVar("When", bound=date)


@dataclass(frozen=True, slots=True)
class Bar(Generic[When]):
    x: float
    y: float
    width: float
    height: float
    value: int
    at: When


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one lying bar, in per mille of its length."""

    name: str
    x: int
    width: int


def columns(days: dict[date, int]) -> list[Bar[date]]:
    """One for each day between the first and the last sale, days without one among them; at most the last 60."""
    if not days:
        return []
    last = max(days)
    first = max(min(days), last - timedelta(days=MOST_DAYS - 1))
    shown = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return bars([(day, days.get(day, 0)) for day in shown], FEWEST_BARS)


def bars(values: Sequence[tuple[When, int]], fewest: int) -> list[Bar[When]]:
    """Side by side over the whole width, or as narrow as if they were `fewest`; the tallest fills the height."""
    tallest, step = max(value for _, value in values) or 1, WIDTH / max(len(values), fewest)
    return [_bar(number * step, step, value, tallest, at) for number, (at, value) in enumerate(values)]


def _bar(x: float, step: float, value: int, tallest: int, at: When) -> Bar[When]:
    height = round(value / tallest * (HEIGHT - 10), 1)
    return Bar(round(x + step * 0.1, 1), HEIGHT - height, round(step * 0.8, 1), height, value, at)


def parts(named: Sequence[tuple[str, int]]) -> list[Part]:
    whole, at, found = sum(value for _, value in named) or 1, 0, []
    for name, value in named:
        width = round(value * 1000 / whole)
        found.append(Part(name, at, width))
        at += width
    return found
