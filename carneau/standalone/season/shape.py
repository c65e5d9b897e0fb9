from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True)
class House:
    """An organisation of the demo."""

    slug: str
    name: str
    email: str
    imprint: str


@dataclass(frozen=True)
class Venue:
    name: str
    street: str
    postcode: str
    city: str
    country: str
    time_zone: str


@dataclass(frozen=True)
class Picture:
    poster: str
    alternative_text: str


@dataclass(frozen=True)
class Times:
    starts_at: datetime
    doors_open_at: datetime | None
    ends_at: datetime

    def later(self, by: timedelta) -> "Times":
        doors = self.doors_open_at + by if self.doors_open_at else None
        return Times(self.starts_at + by, doors, self.ends_at + by)


@dataclass(frozen=True)
class When:
    """A weekday some weeks from the week of the seeding: the demo is always ahead of its reader."""

    weeks: int
    weekday: int
    starts: time
    lasts: timedelta
    doors: time | None = None

    def times(self, zone_name: str, at: datetime) -> Times:
        """In UTC, for a seeding `at` that moment."""
        zone = ZoneInfo(zone_name)
        today = at.astimezone(zone).date()
        day = today + timedelta(days=self.weekday - today.weekday(), weeks=self.weeks)
        starts_at = datetime.combine(day, self.starts, zone).astimezone(UTC)
        doors = datetime.combine(day, self.doors, zone).astimezone(UTC) if self.doors else None
        return Times(starts_at, doors, starts_at + self.lasts)


@dataclass(frozen=True)
class Offer:
    """A ticket type. `sold` places are bought by the seeding itself; sales open `opens_in_days` days after it."""

    name: str
    note: str
    price_minor: int
    total_quantity: int
    min_per_order: int = 1
    max_per_order: int = 8
    opens_in_days: int | None = None
    sold: int = 0
    is_extra: bool = False


@dataclass(frozen=True)
class Show:
    slug: str
    house: House
    title: str
    summary: str
    category: str
    description: str
    venue: Venue
    when: When
    picture: Picture
    offers: tuple[Offer, ...]
    currency: str = "EUR"
    booking_fee_minor: int = 0
    tax_basis_points: int = 550
