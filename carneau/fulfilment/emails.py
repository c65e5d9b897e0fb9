from collections.abc import Callable

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.catalogue.models import EventStatus
from carneau.core import settings
from carneau.core.money import Money
from carneau.email.message import File, Letter
from carneau.email.posting import Parcel
from carneau.fulfilment.facts import Facts
from carneau.tickets import calendar, pdf, qr
from carneau.tickets.models import TicketStatus
from carneau.web import filters

QR_PIXELS = 8


def pack(facts: Facts) -> Parcel:
    return Parcel(KINDS[facts.kind](facts), facts.recipient, facts.organisation.name, facts.message_id)


def confirmation(facts: Facts) -> Letter:
    """With tickets that count: one that was refunded or passed on before the mail went out is not sent any more."""
    subject = _("Your tickets for %(event)s", event=facts.title)
    return _with_tickets(facts, "confirmation", subject, facts.purchase.ref)


def passed_on(facts: Facts) -> Letter:
    if not facts.tickets:
        return _about_ticket(
            facts,
            _("Your ticket for %(event)s went on to someone else", event=facts.title),
            _("Before this mail could reach you the ticket was passed on again or refunded. You have none from us."),
        )
    subject = _("A ticket for you: %(event)s", event=facts.title)
    return _with_tickets(facts, "passed_on", subject, facts.tickets[0].ref)


def passed_away(facts: Facts) -> Letter:
    return _about_ticket(
        facts,
        _("You passed on a ticket for %(event)s", event=facts.title),
        _("It belongs to the person you named; we have sent it there. The code that you had opens nothing any more."),
        _("Was it not you? Answer this mail at once, so that the organiser can help."),
    )


def ticket_again(facts: Facts) -> Letter:
    if not facts.tickets:
        return passed_on(facts)
    subject = _("Your ticket once more: %(event)s", event=facts.title)
    return _with_tickets(facts, "passed_on", subject, facts.tickets[0].ref)


def ticket_voided(facts: Facts) -> Letter:
    """To whom a ticket was passed on: who paid for it, and what went back to them, is not theirs to know."""
    reason = _("It was given back or taken back, so it no longer lets anyone in.")
    if facts.events[0].status is EventStatus.CANCELLED:
        reason = _("The event is cancelled, so the ticket that was passed on to you is void.")
    return _about_ticket(
        facts,
        _("Your ticket for %(event)s is void", event=facts.title),
        reason,
        _("Money that goes back goes to whoever paid for it. If you paid them, please ask them."),
        _("If you did not expect this, just answer this mail: it reaches the organiser."),
    )


def _with_tickets(facts: Facts, template: str, subject: str, name: str) -> Letter:
    tickets = [ticket for ticket in facts.tickets if ticket.status != TicketStatus.VOID]
    base = settings.current().base_url
    passes = [(ticket, f"qr-{ticket.ref}", f"{base}/tickets/{qr.code(ticket)}") for ticket in tickets]
    preview = _("%(day)s. Show the code at the door.", day=facts.day)
    files = [
        File(name=f"{cid}.png", kind="image/png", content=qr.png(ticket, QR_PIXELS), cid=cid)
        for ticket, cid, _url in passes
    ]
    if tickets:
        files += [
            File(name=f"tickets-{name}.pdf", kind="application/pdf", content=pdf.draw(tickets, facts.posters)),
            File(name=f"event-{name}.ics", kind="text/calendar", content=calendar.draw(tickets)),
        ]
    values = {"facts": facts, "passes": passes, "subject": subject, "preview": preview}
    return Letter(
        subject=subject,
        text=render_template(f"emails/{template}.txt", **values),
        html=render_template(f"emails/{template}.html", **values),
        reply_to=facts.organisation.email,
        files=files,
    )


def refunded_late(facts: Facts) -> Letter:
    """Also for who paid a purchase a second time: their tickets stay."""
    if facts.purchase.paid_at is not None:
        return _notice(
            facts,
            _("You paid twice for %(event)s: one payment goes back", event=facts.title),
            _("Paid twice"),
            _("Your purchase was paid already when a second payment came. Your tickets are valid, nothing changes."),
            _("We are sending the second payment back to the way you paid. Banks take up to ten days to show it."),
        )
    return _notice(
        facts,
        _("%(event)s is sold out: your money goes back", event=facts.title),
        _("Sold out before your payment came"),
        _("Your payment reached us after the time we could keep your places, and by then they were sold to others."),
        _("We are sending all of it back to the way you paid. Banks take up to ten days to show it."),
        _("We are sorry. You have no tickets for this event, and there is nothing you need to do."),
    )


def refunded_cancelled(facts: Facts) -> Letter:
    return _notice(
        facts,
        _("%(event)s is cancelled: your money goes back", event=facts.title),
        _("Cancelled before your payment came"),
        _("The event was cancelled while you were paying."),
        _("We are sending all of your payment back to the way you paid. Banks take up to ten days to show it."),
        _("We are sorry. You have no tickets for this event, and there is nothing you need to do."),
    )


def payment_failed(facts: Facts) -> Letter:
    return _notice(
        facts,
        _("Your payment for %(event)s did not go through", event=facts.title),
        _("Not paid"),
        _("Your bank did not carry out the payment. Nothing was charged, and your places are free again."),
        _("If there are still places, you can buy them again with another way to pay."),
    )


def refunded(facts: Facts) -> Letter:
    purchase = facts.purchase
    returned = filters.money(Money(purchase.refunded_minor, purchase.currency))
    total = filters.money(purchase.total)
    amount = _("So far %(returned)s of %(total)s went back to the way you paid.", returned=returned, total=total)
    if purchase.refunded_minor == purchase.total_minor:
        amount = _("We have sent %(total)s back to the way you paid: all of it.", total=total)
    return _notice(
        facts,
        _("Your refund for %(event)s", event=facts.title),
        _("Refunded"),
        amount,
        _("Banks take up to ten days to show it. Tickets that were refunded no longer let anyone in."),
    )


def tickets_voided(facts: Facts) -> Letter:
    left = sum(ticket.status != TicketStatus.VOID for ticket in facts.tickets)
    rest = ngettext("%(num)s ticket of it stays valid.", "%(num)s tickets of it stay valid.", left)
    return _notice(
        facts,
        _("Tickets taken back for %(event)s", event=facts.title),
        _("Taken back"),
        _("The organiser has taken back tickets of your purchase. They no longer let anyone in."),
        rest if left else _("None of its tickets is valid any more."),
        _("If you did not expect this, just answer this mail: it reaches the organiser."),
    )


def _notice(facts: Facts, subject: str, kicker: str, *sentences: str) -> Letter:
    values = {"facts": facts, "subject": subject, "preview": sentences[0], "kicker": kicker, "sentences": sentences}
    return Letter(
        subject=subject,
        text=render_template("emails/notice.txt", **values),
        html=render_template("emails/notice.html", **values),
        reply_to=facts.organisation.email,
    )


def _about_ticket(facts: Facts, subject: str, *sentences: str) -> Letter:
    values = {"facts": facts, "subject": subject, "preview": sentences[0], "sentences": sentences}
    return Letter(
        subject=subject,
        text=render_template("emails/about_ticket.txt", **values),
        html=render_template("emails/about_ticket.html", **values),
        reply_to=facts.organisation.email,
    )


KINDS: dict[str, Callable[[Facts], Letter]] = {
    "confirmation": confirmation,
    "tickets_again": confirmation,
    "passed_on": passed_on,
    "passed_away": passed_away,
    "ticket_again": ticket_again,
    "ticket_voided": ticket_voided,
    "refunded_late": refunded_late,
    "refunded_cancelled": refunded_cancelled,
    "payment_failed": payment_failed,
    "refunded": refunded,
    "tickets_voided": tickets_voided,
}
