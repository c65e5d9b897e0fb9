from urllib.parse import urlsplit

import icalendar

from carneau.catalogue import structured
from carneau.catalogue.models import Event, EventStatus
from carneau.core import settings


def file_of(event: Event) -> bytes:
    """One entry, in UTC: every calendar shows it in its own zone without a zone table that might be wrong."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Carneau//Carneau//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry_of(event))
    return bytes(calendar.to_ical())


def entry_of(event: Event) -> icalendar.Event:
    """The UID never changes, so that a file fetched again moves the entry and makes no second one."""
    entry = icalendar.Event()
    entry.add("uid", f"{event.slug}@{urlsplit(settings.current().base_url).hostname}")
    entry.add("dtstamp", event.published_at or event.created_at)
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("location", ", ".join(filter(None, (event.venue_name, event.street, place_of(event)))))
    entry.add("description", "\n\n".join(filter(None, (event.summary, structured.address(event)))))
    entry.add("url", structured.address(event))
    entry.add("status", "CANCELLED" if event.status is EventStatus.CANCELLED else "CONFIRMED")
    return entry


def place_of(event: Event) -> str:
    return f"{event.postcode} {event.city}".strip()
