from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby
from urllib.parse import urlsplit

import icalendar
from flask_babel import gettext as _

from carneau.catalogue.models import Event
from carneau.core import settings
from carneau.tickets.models import Ticket
from carneau.web import filters


def draw(tickets: Sequence[Ticket]) -> bytes:
    """One entry an event. It names no code: calendars are shared, tickets are not. Times are in UTC, which every
    calendar understands without a table of time zones. Taken again it replaces the entry, by its UID. Of a ticket that
    was passed on it does not name the purchase, which is somebody else's."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Carneau//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    by_event = sorted(tickets, key=lambda ticket: (ticket.event.starts_at, ticket.event_id))
    for _event_id, group in groupby(by_event, key=lambda ticket: ticket.event_id):
        calendar.add_component(_entry(list(group)))
    content: bytes = calendar.to_ical()
    return content


def _entry(tickets: list[Ticket]) -> icalendar.Event:
    event, purchase = tickets[0].event, tickets[0].purchase
    name = tickets[0].ref if tickets[0].holder_email else purchase.ref
    base = settings.current().base_url
    entry = icalendar.Event()
    entry.add("uid", f"{event.slug}.{name}@{urlsplit(base).hostname}")
    entry.add("dtstamp", purchase.created_at)
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", event.title)
    entry.add("location", place(event))
    entry.add("description", "\n".join(_description(event, tickets)))
    entry.add("url", f"{base}/e/{event.slug}")
    return entry


def _description(event: Event, tickets: list[Ticket]) -> Iterator[str]:
    for name, count in Counter(ticket.ticket_type.name for ticket in tickets).items():
        yield f"{count} × {name}"
    if event.doors_open_at:
        yield _("Doors open at %(time)s.", time=f"{event.doors_open_at.astimezone(event.zone):%H:%M}")
    if tickets[0].holder_email:
        yield _("Your ticket is in our mail. Ticket %(ref)s.", ref=tickets[0].ref)
    else:
        yield _("Your tickets are in our mail. Purchase %(ref)s.", ref=tickets[0].purchase.ref)


def place(event: Event) -> str:
    """On one line: venue, street, postcode and city."""
    return ", ".join(filter(None, (event.venue_name, event.street, f"{event.postcode} {event.city}".strip())))


def times(event: Event) -> str:
    """`Doors 19:00, start 20:00 CET`, in the event's zone."""
    zone = event.time_zone
    start = f"{filters.time_of_day(event.starts_at, zone)} {filters.zone_name(zone, event.starts_at)}"
    if event.doors_open_at is None:
        return str(_("Start %(start)s", start=start))
    return str(_("Doors %(doors)s, start %(start)s", doors=filters.time_of_day(event.doors_open_at, zone), start=start))
