from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateTimeLocalInput

from carneau.catalogue import facts
from carneau.catalogue.facts import EventFacts
from carneau.catalogue.models import Event
from carneau.core.errors import Invalid
from carneau.manage import reading
from carneau.manage.meanwhile import VersionedForm
from carneau.manage.reading import Reader

CURRENCIES = (
    "EUR",
    "CHF",
    "GBP",
    "USD",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "CAD",
    "AUD",
    "NZD",
    "JPY",
)
UNSAID = SelectChoice("", lazy_gettext("Please choose"))
NO_COUNTRIES = ("EU", "EZ", "UN", "ZZ", "XA", "XB")
PLACE = ("venue_name", "street", "postcode", "city", "country", "time_zone", "currency")
TEXTS = ("title", "summary", "category", "venue_name", "street", "postcode", "city")


def line(label: str, hint: str = "", name: str = "", **attributes: Any) -> StringField:
    most = {"maxlength": facts.LONGEST[name]} if name else {}
    return StringField(label, description=hint, render_kw=most | attributes)


def figures(label: str, hint: str = "", **attributes: Any) -> StringField:
    return StringField(label, description=hint, render_kw={"inputmode": "decimal", "autocomplete": "off"} | attributes)


def moment(label: str, hint: str = "") -> StringField:
    return StringField(label, description=hint, widget=DateTimeLocalInput())


class EventForm(VersionedForm):
    """Texts as they were typed; `facts` reads them. The widest fields come first, the rare ones last."""

    title = line(lazy_gettext("Title"), name="title")
    summary = line(
        lazy_gettext("In one sentence"), lazy_gettext("Stands under the title and in search results."), "summary"
    )
    description = TextAreaField(
        lazy_gettext("Description"),
        description=lazy_gettext(
            "What people can look forward to. **Bold**, lists and [links](https://example.org) work; HTML does not."
        ),
        render_kw={"rows": 8, "maxlength": facts.LONGEST["description"]},
    )
    time_zone = SelectField(lazy_gettext("Time zone of the place"), validate_choice=False)
    starts_at = moment(lazy_gettext("Begins"), lazy_gettext("As the clock at the place shows it."))
    ends_at = moment(lazy_gettext("Ends"))
    doors_open_at = moment(lazy_gettext("Doors open"), lazy_gettext("May be left empty."))
    venue_name = line(lazy_gettext("Venue"), name="venue_name")
    street = line(lazy_gettext("Street and number"), lazy_gettext("May be left empty."), "street")
    postcode = line(lazy_gettext("Postcode"), lazy_gettext("May be left empty."), "postcode")
    city = line(lazy_gettext("City"), name="city")
    country = SelectField(lazy_gettext("Country"), validate_choice=False)
    currency = SelectField(
        lazy_gettext("Currency"), description=lazy_gettext("Stays once there are ticket types."), validate_choice=False
    )
    category = line(
        lazy_gettext("Kind of event"), lazy_gettext("As Concert or Theatre; stands above the title."), "category"
    )
    booking_fee = figures(
        lazy_gettext("Booking fee per ticket"), lazy_gettext("Added to each paid ticket and shown beside its price.")
    )
    tax = figures(lazy_gettext("Tax contained in prices, in percent"))
    hold_minutes = figures(lazy_gettext("Minutes that a cart keeps places"), lazy_gettext("From 5 to 60."))

    RARE = ("category", "booking_fee", "tax", "hold_minutes")
    UNSEEN = ("csrf_token", "version")

    def __init__(self, *arguments: Any, **values: Any) -> None:
        super().__init__(*arguments, **values)
        self.country.choices = [UNSAID, *(SelectChoice(code, name) for name, code in _countries())]
        self.time_zone.choices = [UNSAID, *(SelectChoice(zone, zone.replace("_", " ")) for zone in _zones())]
        self.currency.choices = [UNSAID, *(SelectChoice(code, code) for code in _with(CURRENCIES, self.currency.data))]

    @property
    def common(self) -> list[Field]:
        return [field for field in self if field.name not in (*self.RARE, *self.UNSEEN)]

    @property
    def rare(self) -> list[Field]:
        return [field for field in self if field.name in self.RARE]

    def facts(self, event: Event | None = None) -> EventFacts:
        """Raises Invalid with every sentence at its field; `event` is what is being edited."""
        reader = Reader()
        values = {name: reader.read(self._fields[name], reading.text) for name in TEXTS}
        values["description"] = reader.read(self.description, reading.lines)
        for name in ("country", "currency", "time_zone"):
            values[name] = reader.read(self._fields[name], _chosen)
        values |= self._times(reader, values["time_zone"], event)
        values |= self._terms(reader, values["currency"])
        return cast(EventFacts, reader.checked(values))

    def _times(self, reader: Reader, zone: str | None, event: Event | None) -> dict[str, Any]:
        """Without a time zone they are read all the same, so that what is wrong with them is said at once."""
        place = ZoneInfo(zone if zone in available_timezones() else "UTC")
        same = event if event and event.time_zone == zone else None
        return {
            "starts_at": reader.read(self.starts_at, reading.moment, place, same and same.starts_at),
            "ends_at": reader.read(self.ends_at, reading.moment, place, same and same.ends_at),
            "doors_open_at": reader.read(
                self.doors_open_at, reading.moment_or_none, place, same and same.doors_open_at
            ),
        }

    def _terms(self, reader: Reader, currency: str | None) -> dict[str, Any]:
        return {
            "booking_fee_minor": reader.read(self.booking_fee, _fee, currency or "EUR"),
            "tax_basis_points": reader.read(self.tax, reading.percent),
            "hold_minutes": reader.read(self.hold_minutes, reading.whole),
        }


@lru_cache
def _countries() -> list[tuple[str, str]]:
    territories = Locale.parse(str(current_app.config["LOCALE"])).territories.items()
    codes = [(str(name), code) for code, name in territories if len(code) == 2 and code not in NO_COUNTRIES]
    return sorted(codes)


@lru_cache
def _zones() -> list[str]:
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [*sorted(named), "UTC"]


def _with(choices: tuple[str, ...], current: str | None) -> tuple[str, ...]:
    return choices if not current or current in choices or len(current) != 3 else (*choices, current)


def _chosen(typed: str) -> str:
    if not typed:
        raise Invalid(_("Please choose one."))
    return typed


def _fee(typed: str, currency: str) -> int:
    return reading.amount(typed.strip() or "0", currency)


def of_event(event: Event) -> dict[str, Any]:
    """What the form shows of an event."""
    texts = {name: getattr(event, name) for name in (*TEXTS, *PLACE, "description")}
    times = {
        name: reading.written_moment(getattr(event, name), event.zone)
        for name in ("starts_at", "ends_at", "doors_open_at")
    }
    return texts | times | _terms_of(event)


def of_place(event: Event | None) -> dict[str, Any]:
    """What a new event has in common with the last one."""
    if event is None:
        return {"hold_minutes": "15"}
    return {name: getattr(event, name) for name in PLACE} | _terms_of(event)


def _terms_of(event: Event) -> dict[str, Any]:
    return {
        "booking_fee": reading.written_amount(event.booking_fee_minor, event.currency),
        "tax": reading.written_percent(event.tax_basis_points),
        "hold_minutes": str(event.hold_minutes),
    }
