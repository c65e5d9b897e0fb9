"""Verdicts in a sentence, for somebody who has a queue before them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from carneau.admissions.models import Reason
from carneau.web import filters

PLAIN = {
    Reason.UNKNOWN: lazy_gettext("This is not the code of a ticket. Scan it again, or look for the name."),
    Reason.FORGED: lazy_gettext("This code was not signed here: it is damaged, copied wrongly, or not from us."),
    Reason.OTHER_EVENT: lazy_gettext("This ticket is for another event."),
    Reason.PASSED_ON: lazy_gettext("This ticket was passed on: only the new holder's code lets in."),
    Reason.NOT_OPEN: lazy_gettext("This event is not published, so nobody has a ticket for it yet."),
    Reason.CANCELLED: lazy_gettext("This event was cancelled. Nobody is let in."),
    Reason.NOT_INSIDE: lazy_gettext("Nobody is inside with this ticket."),
    Reason.VOID: lazy_gettext("This ticket was made void."),
    Reason.REFUNDED: lazy_gettext("This ticket was refunded."),
    Reason.WRONG_GATE: lazy_gettext("This gate does not take this kind of ticket."),
}


def of_entry(count: int, of: int) -> str:
    if of <= 1:
        return str(_("Come in."))
    return str(_("Come in: %(count)s of %(of)s who belong together are in.", count=count, of=of))


def of_exit(allows_reentry: bool) -> str:
    if allows_reentry:
        return str(_("Goodbye. This ticket lets in again."))
    return str(_("Goodbye. There is no coming back in with this ticket."))


def of_second_entry(when: datetime | None, gate: str | None, left_at: datetime | None, zone: str) -> str:
    if when is None:
        return str(_("Somebody is in with this ticket already."))
    at = filters.time_of_day(when, zone)
    if left_at is not None:
        left = filters.time_of_day(left_at, zone)
        return str(_("In at %(time)s, out at %(left)s. This event lets nobody in again.", time=at, left=left))
    if gate:
        return str(_("In since %(time)s, by %(gate)s.", time=at, gate=gate))
    return str(_("In since %(time)s.", time=at))


def of_refusal(reason: Reason, facts: sa.Row[Any] | None) -> str:
    """`facts` are a row of TICKET_FACTS, where there is a ticket."""
    if facts is None:
        return str(PLAIN[reason])
    match reason:
        case Reason.OTHER_EVENT if facts.is_ours:
            day = filters.day(facts.starts_at, facts.time_zone, "long")
            return str(_("This ticket is for %(event)s, %(day)s.", event=facts.title, day=day))
        case Reason.OTHER_DAY:
            moment = filters.moment(facts.starts_at, facts.time_zone)
            return str(_("Right event, other date: this ticket is for %(moment)s.", moment=moment))
        case Reason.WRONG_GATE if facts.gates:
            return str(_("Not here: this ticket goes in by %(gates)s.", gates=" / ".join(facts.gates)))
        case Reason.WRONG_GATE:
            return str(_("No gate takes this kind of ticket. Please ask who is in charge."))
        case Reason.VOID if facts.voided_at:
            moment = filters.moment(facts.voided_at, facts.time_zone)
            return str(_("This ticket was made void on %(moment)s.", moment=moment))
        case Reason.REFUNDED if facts.voided_at:
            moment = filters.moment(facts.voided_at, facts.time_zone)
            return str(_("This ticket was refunded on %(moment)s.", moment=moment))
    return str(PLAIN[reason])
