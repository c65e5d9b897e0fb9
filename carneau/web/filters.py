from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_gmt
from flask import Flask, current_app

from carneau.core import clock
from carneau.core.money import Money
from carneau.web.hues import accent


def init_app(app: Flask) -> None:
    app.add_template_filter(money)
    for function in (accent, day, time_of_day, moment, zone_name, month_name, country_name):
        app.add_template_filter(function)
    app.jinja_env.globals["now"] = clock.now
    app.jinja_env.globals["Money"] = Money
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _locale() -> str:
    """English of no country writes `Friday, 4 December 2026, 20:05 CET`, not as in the United States."""
    locale = str(current_app.config["LOCALE"])
    return "en_GB" if locale == "en" else locale


def money(amount: Money) -> str:
    return amount.format(_locale())


def day(at: datetime, zone: str, style: str = "full") -> str:
    """`Friday, 4 December 2026` in the event's zone; style is Babel's (full, long, medium) or a pattern."""
    return format_date(at.astimezone(ZoneInfo(zone)), style, locale=_locale())


def time_of_day(at: datetime, zone: str) -> str:
    return format_time(at.astimezone(ZoneInfo(zone)), "short", locale=_locale())


def moment(at: datetime, zone: str) -> str:
    """`Sat, 20 Feb 2027, 12:00` in the event's zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{format_skeleton('yMMMEd', local, locale=_locale())}, {time_of_day(at, zone)}"


def zone_name(zone: str, at: datetime) -> str:
    """`CET` where the zone has a name that people write, else as `GMT+05:30`."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    return name if name.isalpha() else get_timezone_gmt(local, locale=_locale())


def month_name(month: date) -> str:
    """`December 2026`, of any day of the month."""
    return format_skeleton("yMMMM", datetime(month.year, month.month, 1, tzinfo=UTC), locale=_locale())


def country_name(code: str) -> str:
    return str(Locale.parse(_locale()).territories.get(code, code))
