from datetime import timedelta

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import guards, limits
from carneau.accounts import queries as accounts
from carneau.accounts.limits import Limit
from carneau.core import clock
from carneau.core.db import transaction
from carneau.core.errors import NotFound
from carneau.fulfilment import fulfil
from carneau.my import queries
from carneau.my.forms import HolderForm
from carneau.purchases import links
from carneau.purchases.erasing import NO_ADDRESS
from carneau.tickets import passing, qr
from carneau.tickets import queries as tickets
from carneau.tickets.guards import may_pass_on
from carneau.tickets.models import Ticket
from carneau.web import render, security
from carneau.web.paging import Cursor

bp = Blueprint("my", __name__)
PASSED_FROM_NETWORK = Limit("tickets passed on from network", 30, timedelta(hours=1))
bp.after_request(security.keep_secret)


@bp.get("/my/tickets")
def tickets_index() -> ResponseReturnValue:
    user = guards.user()
    addresses = accounts.addresses_of(user)
    page = queries.coming(addresses, clock.now(), Cursor.of(request.args))
    return render.page(
        "my/tickets_index.html",
        user=user,
        page=page,
        evenings=queries.evenings(page.rows),
        addresses=addresses,
        waiting=queries.being_paid(addresses),
        code=qr.code,
        key=links.key,
    )


@bp.get("/my/tickets/past")
def past_tickets_index() -> ResponseReturnValue:
    addresses = accounts.addresses_of(guards.user())
    page = queries.past(addresses, clock.now(), Cursor.of(request.args))
    evenings = queries.evenings(page.rows)
    return render.page(
        "my/past_index.html", page=page, evenings=evenings, addresses=addresses, code=qr.code, key=links.key
    )


@bp.get("/tickets/<code>/holder")
def holders_new(code: str) -> ResponseReturnValue:
    ticket = _own(code)
    passing.require_possible(ticket)
    return render.page("my/holders_new.html", ticket=ticket, form=HolderForm())


@bp.post("/tickets/<code>/holder")
def holders_create(code: str) -> ResponseReturnValue:
    form = HolderForm.of_request()
    if form.email.data and passing.find_just_passed(code, form.email.data):
        return render.see_other("/my/tickets/passed")
    ticket = _own(code)
    if not form.validate():
        return render.page("my/holders_new.html", status=422, ticket=ticket, form=form)
    _pass_on(ticket, form.name.data, form.email.data)
    session["passed_on"] = {"event": ticket.event.title, "email": form.email.data}
    return render.see_other("/my/tickets/passed")


def _pass_on(ticket: Ticket, name: str, email: str) -> None:
    user, giver = guards.find_user(), ticket.holder_email or ticket.purchase.email
    with transaction():
        limits.count(PASSED_FROM_NETWORK, guards.network())
        passed = passing.pass_on(ticket, name, email, user.actor if user else "buyer")
        fulfil.notify_holder(passed, "passed_on", email)
        if giver not in ("", NO_ADDRESS):
            fulfil.notify_holder(passed, "passed_away", giver)


@bp.get("/my/tickets/passed")
def holders_show() -> ResponseReturnValue:
    return render.page("my/holders_show.html", passed=session.get("passed_on"), user=guards.find_user())


def _own(code: str) -> Ticket:
    ticket = tickets.by_code(code)
    if not may_pass_on(ticket, request.args.get("key", "")):
        raise NotFound(_("Only its holder can pass on a ticket: open it from your purchase, or log in."))
    return ticket
