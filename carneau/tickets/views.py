from collections.abc import Callable, Sequence

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.core.db import transaction
from carneau.core.errors import Conflict, NotFound
from carneau.purchases import guards as purchases
from carneau.purchases import links
from carneau.tickets import calendar, guards, passing, pdf, qr, queries
from carneau.tickets.models import Ticket, TicketStatus
from carneau.web import phones, render, security

bp = Blueprint("tickets", __name__)
bp.add_app_template_filter(calendar.place)
bp.add_app_template_filter(calendar.times)
FILES: dict[str, tuple[str, Callable[[Ticket], str | bytes]]] = {
    "svg": ("image/svg+xml", qr.svg),
    "png": ("image/png", qr.png),
    "pdf": ("application/pdf", lambda ticket: pdf.draw([ticket], queries.posters([ticket]))),
    "ics": ("text/calendar", lambda ticket: calendar.draw([ticket])),
}
bp.after_request(security.keep_secret)


@bp.get("/tickets/<code>")
@bp.get("/T/<code>")
@bp.get("/t/<code>")
def show(code: str) -> ResponseReturnValue:
    """A phone at the door that read the QR with its own camera app is led to where it lets people in."""
    if request.path[:3].upper() == "/T/" and phones.find_token():
        return render.see_other(url_for("door_finding.codes_show", code=code))
    with transaction():
        ticket = queries.by_code(code)
        siblings = _siblings(ticket)
        return render.page(
            "tickets/show.html",
            ticket=ticket,
            code=qr.code(ticket),
            drawing=qr.svg(ticket),
            siblings=siblings,
            purchase_url=links.url(ticket.purchase) if siblings else None,
            may_pass_on=_may_pass_on(ticket),
        )


def _siblings(ticket: Ticket) -> list[tuple[Ticket, str]]:
    """The other tickets of the purchase with their codes, for who may see the purchase: a ticket that was sent to a
    friend does not open the rest."""
    if not purchases.may_see(ticket.purchase, request.args.get("key", "")):
        return []
    return [(other, qr.code(other)) for other in queries.of_buyer(queries.for_purchase(ticket.purchase))]


def _may_pass_on(ticket: Ticket) -> bool:
    is_possible = ticket.status is TicketStatus.VALID and not passing.is_closed(ticket)
    return is_possible and guards.may_pass_on(ticket, request.args.get("key", ""))


@bp.get("/tickets/<code>.<any(svg, png, pdf, ics):ending>")
def files_show(code: str, ending: str) -> ResponseReturnValue:
    with transaction():
        ticket = queries.by_code(code)
        kind, draw = FILES[ending]
        return _file(draw(_not_void([ticket])[0]), kind, f"ticket-{ticket.ref}.{ending}")


@bp.get("/purchases/<ref>/tickets.pdf")
def of_purchase_show(ref: str) -> ResponseReturnValue:
    with transaction():
        tickets = queries.of_buyer(queries.by_purchase_ref(ref))
        if not tickets or not purchases.may_see(tickets[0].purchase, request.args.get("key", "")):
            raise NotFound(_("This link is not complete, or has no tickets: not paid yet, or all passed on."))
        tickets = _not_void(tickets)
        return _file(pdf.draw(tickets, queries.posters(tickets)), "application/pdf", f"tickets-{ref}.pdf")


def _not_void(tickets: Sequence[Ticket]) -> list[Ticket]:
    left = [ticket for ticket in tickets if ticket.status != TicketStatus.VOID]
    if not left:
        raise Conflict(_("This ticket is void: it was refunded or cancelled, and lets nobody in."))
    return left


def _file(content: str | bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
