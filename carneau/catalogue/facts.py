"""What an organiser may say of an event or a ticket type, and the sentences for what does not fit."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from flask_babel import gettext as _

from carneau.core.errors import Invalid

LONGEST = {
    "title": 200,
    "name": 200,
    "summary": 400,
    "category": 60,
    "venue_name": 200,
    "street": 200,
    "postcode": 20,
    "city": 100,
    "description": 20_000,
}
OF_SEVERAL_LINES = ("description", "summary")
NEEDED = ("title", "name", "venue_name", "city")
DEAREST_MINOR = 99_999_999
MOST_PLACES = 1_000_000
RANGES = {
    "booking_fee_minor": (0, DEAREST_MINOR),
    "price_minor": (0, DEAREST_MINOR),
    "tax_basis_points": (0, 10_000),
    "hold_minutes": (5, 60),
    "total_quantity": (0, MOST_PLACES),
    "min_per_order": (1, 100),
    "max_per_order": (1, 100),
}
ORDERED = (("doors_open_at", "starts_at"), ("starts_at", "ends_at"), ("on_sale_from", "on_sale_until"))
Errors = dict[str, list[str]]


class EventFacts(TypedDict):
    title: str
    venue_name: str
    city: str
    country: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    currency: str
    doors_open_at: NotRequired[datetime | None]
    summary: NotRequired[str]
    category: NotRequired[str]
    description: NotRequired[str]
    street: NotRequired[str]
    postcode: NotRequired[str]
    booking_fee_minor: NotRequired[int]
    tax_basis_points: NotRequired[int]
    hold_minutes: NotRequired[int]


class TicketTypeFacts(TypedDict):
    name: str
    price_minor: int
    total_quantity: int
    description: NotRequired[str]
    on_sale_from: NotRequired[datetime | None]
    on_sale_until: NotRequired[datetime | None]
    min_per_order: NotRequired[int]
    max_per_order: NotRequired[int]
    is_hidden: NotRequired[bool]
    is_extra: NotRequired[bool]


def check(facts: Mapping[str, Any]) -> None:
    """Raises Invalid with every sentence at its field."""
    errors: Errors = {}
    for name, value in facts.items():
        for sentence in (*_text(name, value), *_number(name, value), *_place_and_money(name, value)):
            errors.setdefault(name, []).append(sentence)
    for earlier, later in ORDERED:
        _order(facts, earlier, later, errors)
    if facts.get("min_per_order", 1) > facts.get("max_per_order", 10):
        errors.setdefault("max_per_order", []).append(_("The most per order cannot be less than the least."))
    if errors:
        raise Invalid(" ".join(sentence for at in errors.values() for sentence in at), errors=errors)


def _text(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        return
    most = LONGEST.get(name, 100)
    if name in NEEDED and not any(character.isprintable() and not character.isspace() for character in value):
        yield _("This cannot be left empty.")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        yield _("This contains a character that cannot be kept.")
    elif name not in OF_SEVERAL_LINES and any(ord(character) < 32 or ord(character) == 127 for character in value):
        yield _("Please write this on one line.")
    if len(value) > most:
        yield _("This is too long: at most %(most)s characters.", most=most)


def _number(name: str, value: Any) -> Iterator[str]:
    if name in RANGES:
        least, most = RANGES[name]
        if not least <= value <= most:
            yield _("This must be from %(least)s to %(most)s.", least=least, most=most)


def _place_and_money(name: str, value: Any) -> Iterator[str]:
    if name == "time_zone" and value not in available_timezones():
        yield _("This is not a time zone we know; one looks like Europe/Zurich.")
    if name == "country" and not (len(value) == 2 and value.isascii() and value.isupper() and value.isalpha()):
        yield _("A country is written with two capital letters, as CH.")
    if name == "currency" and value not in list_currencies():
        yield _("This is not a currency we know; one looks like EUR.")


def _order(facts: Mapping[str, Any], earlier: str, later: str, errors: Errors) -> None:
    first, second = facts.get(earlier), facts.get(later)
    naive = [name for name, at in ((earlier, first), (later, second)) if at is not None and at.tzinfo is None]
    for name in naive:
        errors.setdefault(name, []).append(_("This time needs its time zone."))
    if first is None or second is None or naive:
        return
    if first > second or (first == second and earlier != "doors_open_at"):
        errors.setdefault(later, []).append(_("This must be later."))
