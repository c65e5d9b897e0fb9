"""Times as an organiser writes them: on the clock of the place where the event is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from carneau.core.errors import Invalid


def at(written: datetime, zone: ZoneInfo) -> datetime:
    """UTC of a time without zone. Raises Invalid for one that the clocks skip or show twice that day."""
    first, second = written.replace(tzinfo=zone), written.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    time = f"{written:%H:%M}"
    if _shown(first) != written:
        raise Invalid(
            _(
                "The clocks go forward that day: there is no %(time)s in %(zone)s. The next moment is %(next)s.",
                time=time,
                zone=zone.key,
                next=f"{_shown(first):%H:%M}",
            )
        )
    raise Invalid(
        _(
            "The clocks go back that day: %(time)s comes twice in %(zone)s. Please choose an hour earlier or later.",
            time=time,
            zone=zone.key,
        )
    )


def nearest(written: datetime, zone: ZoneInfo) -> datetime:
    """UTC, for times that are computed: a skipped one is moved by what was skipped, of two the first is meant."""
    return written.replace(tzinfo=zone).astimezone(UTC)


def written(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows, without zone."""
    return at.astimezone(zone).replace(tzinfo=None)


def moved(at: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    """As many days and hours on as a clock on the wall counts."""
    return nearest(written(at, zone) + by, zone)


def _shown(moment: datetime) -> datetime:
    """A skipped time comes back changed from a journey through UTC."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None, fold=0)
