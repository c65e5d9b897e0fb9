"""What the door answered, in words for who is in charge of it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from carneau.admissions.models import Answer, Reason
from carneau.core import clock
from carneau.web import filters


def verdict(word: Answer) -> str:
    words: dict[Answer, str] = {
        Answer.COME_IN: _("Let in"),
        Answer.EXIT: _("Went out"),
        Answer.ALREADY_IN: _("Already in"),
        Answer.NOT_VALID: _("Not valid"),
    }
    return words[word]


def refusal(reason: str) -> str:
    """Of a Reason, or of `already_in`."""
    words: dict[str, str] = {
        Answer.ALREADY_IN: _("Already in"),
        Reason.UNKNOWN: _("Not a ticket"),
        Reason.FORGED: _("Not signed by us"),
        Reason.OTHER_EVENT: _("For another event"),
        Reason.OTHER_DAY: _("For another date"),
        Reason.VOID: _("Void"),
        Reason.REFUNDED: _("Refunded"),
        Reason.PASSED_ON: _("Passed on, old code"),
        Reason.WRONG_GATE: _("Wrong gate"),
        Reason.NOT_OPEN: _("Event not published"),
        Reason.CANCELLED: _("Event cancelled"),
        Reason.NOT_INSIDE: _("Was not inside"),
    }
    return words.get(reason) or reason


def of_scan(facts: dict[str, Any], word: str) -> str:
    """One line of a purchase's history."""
    answer = refusal(facts["reason"]) if facts["reason"] else verdict(Answer(word))
    where = f"{answer}, {facts['gate']}" if facts["gate"] else answer
    if facts["is_undone"]:
        return str(_("Ticket %(ticket)s at the door: %(answer)s (undone)", ticket=facts["ticket"], answer=where))
    return str(_("Ticket %(ticket)s at the door: %(answer)s", ticket=facts["ticket"], answer=where))


def clock_or_day(at: datetime | None, zone: str) -> str:
    """The time alone, if it is of today."""
    if at is None:
        return str(_("Never"))
    place = ZoneInfo(zone)
    is_today = at.astimezone(place).date() == clock.now().astimezone(place).date()
    return filters.time_of_day(at, zone) if is_today else filters.moment(at, zone)
