from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.admissions import history
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.fulfilment import holders as passed
from carneau.manage.sales_forms import HolderForm, InvalidationForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.tickets import holders, search
from carneau.tickets.models import Ticket, TicketStatus
from carneau.tickets.search import Presence
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_attendees", __name__, url_prefix="/manage/events/<slug>/attendees")
EDITORS = (Role.OWNER, Role.MANAGER)


@bp.get("")
@guards.for_event(*EDITORS, Role.DOOR)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    question = request.args.get("q", "").strip()
    who = Presence.of(request.args.get("who", ""))
    found = search.find_attendees(event, question, request.args.get("after"), who)
    return render.page(
        "manage/attendees.html",
        blocks=("rows",),
        event=event,
        membership=membership,
        q=question,
        who=who,
        found=found,
        counts={} if render.wants_fragment() else search.count_attendees(event),
        can_edit=membership.role in EDITORS,
    )


@bp.get("/<ticket_ref>")
@guards.for_event(*EDITORS)
def edit(event: Event, membership: OrganisationMember, ticket_ref: str) -> ResponseReturnValue:
    return _page(event, membership, holders.by_ref(event, ticket_ref))


@bp.post("/<ticket_ref>")
@guards.for_event(*EDITORS)
def update(event: Event, membership: OrganisationMember, ticket_ref: str) -> ResponseReturnValue:
    ticket, form = holders.by_ref(event, ticket_ref), HolderForm.of_request()
    if not form.validate():
        return _page(event, membership, ticket, form, status=422)
    with transaction():
        holders.rename(ticket, form.name.data, membership.user.actor)
    flash(_("The ticket is %(name)s's now. Its code stays the same.", name=form.name.data))
    return render.see_other(request.path)


@bp.post("/<ticket_ref>/invalidation")
@guards.for_event(*EDITORS)
def invalidation_create(event: Event, membership: OrganisationMember, ticket_ref: str) -> ResponseReturnValue:
    ticket, form = holders.by_ref(event, ticket_ref), InvalidationForm.of_request()
    if not form.validate():
        return _page(event, membership, ticket, invalidation=form, status=422)
    with transaction():
        holders.invalidate(ticket, membership.user.actor, form.back_on_sale.data)
        passed.tell_whose(ticket)
    flash(_("The ticket is void, and its holder is told by mail. No money went back; for that, refund the purchase."))
    return render.see_other(request.path.removesuffix("/invalidation"))


@bp.post("/<ticket_ref>/mails")
@guards.for_event(*EDITORS)
def mails_create(event: Event, membership: OrganisationMember, ticket_ref: str) -> ResponseReturnValue:
    ticket = holders.by_ref(event, ticket_ref)
    PressForm.of_request().require()
    with transaction():
        passed.resend(ticket, membership.user.actor)
    flash(_("The ticket is on its way to %(email)s.", email=ticket.holder_email))
    return render.see_other(request.path.removesuffix("/mails"))


def _page(
    event: Event,
    membership: OrganisationMember,
    ticket: Ticket,
    form: HolderForm | None = None,
    invalidation: InvalidationForm | None = None,
    **more: Any,
) -> ResponseReturnValue:
    return render.page(
        "manage/attendees_edit.html",
        event=event,
        membership=membership,
        ticket=ticket,
        scans=history.of_tickets(event.organisation_id, [ticket.id]),
        form=form or HolderForm(formdata=None, name=ticket.holder_name),
        invalidation=invalidation or InvalidationForm(formdata=None, back_on_sale=True),
        can_resend=ticket.status is not TicketStatus.VOID and passed.can_be_written_to(ticket),
        **more,
    )
