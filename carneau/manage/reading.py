"""What an organiser typed, read strictly: each function raises Invalid with a sentence for the field."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, Form

from carneau.catalogue import facts, moments
from carneau.core.errors import Invalid

AMOUNT = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]*))?")
WHOLE = re.compile(r"-?[0-9]{1,9}")
PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")
YEARS = range(2000, 2101)
FIELD_OF = {"price_minor": "price", "booking_fee_minor": "booking_fee", "tax_basis_points": "tax"}


class Reader:
    """Reads a form field by field, so that one answer names all that is wrong."""

    def __init__(self) -> None:
        self.errors: facts.Errors = {}

    def read(self, field: Field, parse: Callable[..., Any], *more: Any) -> Any:
        try:
            return parse(field.data or "", *more)
        except Invalid as refusal:
            self.errors[field.name] = [str(refusal)]
            return None

    def checked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, if all could be read and fit. Raises Invalid with the errors by the names of the fields."""
        readable = {name: value for name, value in values.items() if FIELD_OF.get(name, name) not in self.errors}
        try:
            facts.check(readable)
        except Invalid as refusal:
            self.errors |= {FIELD_OF.get(name, name): sentences for name, sentences in refusal.errors.items()}
        if self.errors:
            raise Invalid(" ".join(sentence for at in self.errors.values() for sentence in at), errors=self.errors)
        return readable


def refuse(form: Form, refusal: Invalid, otherwise: str) -> None:
    """Says at the fields what a verb refused; what belongs to none stands at `otherwise`."""
    for name, sentences in (refusal.errors or {otherwise: [str(refusal)]}).items():
        field = form._fields.get(FIELD_OF.get(name, name)) or form._fields[otherwise]
        field.errors = [*field.errors, *sentences]


def text(typed: str) -> str:
    return typed.strip()


def lines(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


def amount(typed: str, currency: str) -> int:
    """Minor units of an amount in major ones: `24`, `24.50` or `24,50`, never more decimals than the currency has."""
    digits: int = get_currency_precision(currency)
    found = AMOUNT.fullmatch(typed.strip())
    if not found:
        raise Invalid(_("Please write an amount in figures, as %(example)s.", example=f"{24.5:.{digits}f}"))
    if found["sign"]:
        raise Invalid(_("An amount cannot be below zero."))
    part = found["part"] or ""
    if len(part) > digits:
        raise Invalid(_decimals(digits, currency))
    minor: int = int(found["whole"]) * 10**digits + int(part.ljust(digits, "0") or "0")
    return minor


def _decimals(digits: int, currency: str) -> str:
    if not digits:
        return str(_("%(currency)s has no decimals: please write whole amounts.", currency=currency))
    one, more = "%(currency)s has %(num)s decimal at most.", "%(currency)s has %(num)s decimals at most."
    return str(ngettext(one, more, digits, currency=currency))


def written_amount(minor: int, currency: str) -> str:
    digits = get_currency_precision(currency)
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if part else str(whole)


def whole(typed: str) -> int:
    if not WHOLE.fullmatch(typed.strip()):
        raise Invalid(_("Please write a whole number in figures."))
    return int(typed)


def percent(typed: str) -> int:
    """Basis points of `19` or `7.7`."""
    if not PERCENT.fullmatch(typed.strip() or "0"):
        raise Invalid(_("Please write a percentage as 19 or 7.7."))
    share, _point, part = (typed.strip() or "0").replace(",", ".").partition(".")
    return int(share) * 100 + int(part.ljust(2, "0") or "0")


def written_percent(basis_points: int) -> str:
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")


def moment(typed: str, zone: ZoneInfo, known: datetime | None = None) -> datetime:
    """On the clock of the place. A time that was left as it stands stays, also where that clock shows it twice."""
    if known is not None and typed == written_moment(known, zone):
        return known
    wall = _wall(typed.strip())
    if wall is None:
        raise Invalid(_("Please give a day and a time, as 2027-05-21 20:00."))
    if wall.year not in YEARS:
        raise Invalid(_("Please give a year from %(first)s to %(last)s.", first=YEARS[0], last=YEARS[-1]))
    return moments.at(wall, zone)


def moment_or_none(typed: str, zone: ZoneInfo, known: datetime | None = None) -> datetime | None:
    return moment(typed, zone, known) if typed.strip() else None


def written_moment(at: datetime | None, zone: ZoneInfo) -> str:
    return moments.written(at, zone).strftime("%Y-%m-%dT%H:%M") if at else ""


def _wall(typed: str) -> datetime | None:
    for pattern in FORMATS if typed.isascii() else ():
        try:
            return datetime.strptime(typed, pattern)  # noqa: DTZ007  a clock on the wall has no zone
        except ValueError:
            continue
    return None
