"""How many came in, minute by minute, as bars. A long evening is cut into longer steps, so that each can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from carneau.manage.charts import Bar, bars

MOST_BARS = 90
FEWEST_BARS = 12
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 360, 1440)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """`step` is how many minutes one bar stands for."""

    step: int
    bars: list[Bar[datetime]]

    @property
    def busiest(self) -> Bar[datetime]:
        return max(self.bars, key=lambda bar: bar.value)


def of(minutes: Mapping[datetime, int]) -> Arrivals | None:
    """Of the entries in each minute; those without one among them, at most the last 90 steps."""
    if not minutes:
        return None
    first, last = min(minutes), max(minutes)
    step = next((each for each in STEPS if (last - first) / timedelta(minutes=each) < MOST_BARS), STEPS[-1])
    steps: dict[datetime, int] = {}
    for at, number in minutes.items():
        begin = _begin(at, step)
        steps[begin] = steps.get(begin, 0) + number
    return Arrivals(step, _bars(steps, timedelta(minutes=step)))


def _begin(at: datetime, step: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() // (step * 60) * step * 60, UTC)


def _bars(steps: Mapping[datetime, int], step: timedelta) -> list[Bar[datetime]]:
    last = max(steps)
    first = max(min(steps), last - step * (MOST_BARS - 1))
    shown = [first + step * number for number in range((last - first) // step + 1)]
    return bars([(at, steps.get(at, 0)) for at in shown], FEWEST_BARS)
