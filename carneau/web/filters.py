from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, get_timezone_gmt
from flask import Flask, current_app

from carneau.core import clock
from carneau.core.money import Money
from carneau.web.hues import accent


def init_app(app: Flask) -> None:
    app.add_template_filter(money)
    app.add_template_filter(accent)
    for name, function in (("day", day), ("time_of_day", time_of_day), ("moment", moment), ("zone_name", zone_name)):
        app.add_template_filter(function, name)
    app.jinja_env.globals["now"] = clock.now
    app.jinja_env.globals["Money"] = Money
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _locale() -> str:
    return str(current_app.config["LOCALE"])


def money(amount: Money) -> str:
    return amount.format(_locale())


def day(at: datetime, zone: str, style: str = "full") -> str:
    """`Friday, 4 December 2026` in the event's zone; style is Babel's (full, long, medium) or a pattern."""
    return format_date(at.astimezone(ZoneInfo(zone)), style, locale=_locale())


def time_of_day(at: datetime, zone: str) -> str:
    return format_time(at.astimezone(ZoneInfo(zone)), "short", locale=_locale())


def moment(at: datetime, zone: str, style: str = "medium") -> str:
    return format_datetime(at, style, tzinfo=ZoneInfo(zone), locale=_locale())


def zone_name(zone: str, at: datetime) -> str:
    """`CET` where the zone has a name that people write, else as `GMT+05:30`."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.tzname() or ""
    return name if name.isalpha() else get_timezone_gmt(local, locale=_locale())
