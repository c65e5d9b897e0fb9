from typing import Any

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts.guards import with_second_factor
from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.manage.sales_forms import RefundForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import refunding
from carneau.payments.refunding import ChangedMeanwhile, Decision
from carneau.purchases import queries
from carneau.purchases.models import Purchase
from carneau.web import render

bp = Blueprint("manage_refunds", __name__, url_prefix="/manage/events/<slug>/purchases/<ref>/refunds")


@bp.get("/new")
@guards.for_event(Role.OWNER, Role.FINANCE)
@with_second_factor
def new(event: Event, membership: OrganisationMember, ref: str) -> ResponseReturnValue:
    purchase = queries.of_event(event.organisation_id, event.id, ref)
    form = RefundForm.of_purchase(purchase)(seen=refunding.state_of(purchase))
    return _page(event, membership, purchase, form)


@bp.post("")
@guards.for_event(Role.OWNER, Role.FINANCE)
@with_second_factor
def create(event: Event, membership: OrganisationMember, ref: str) -> ResponseReturnValue:
    purchase = queries.of_event(event.organisation_id, event.id, ref)
    form = RefundForm.of_purchase(purchase).of_request()
    if form.seen.data and form.seen.data != refunding.state_of(purchase):
        return _changed_meanwhile()
    if not form.validate():
        return _page(event, membership, purchase, form, status=422)
    try:
        with transaction():
            locked = queries.locked_of(event.organisation_id, event.id, ref)
            _refund(locked, form, membership.user.actor)
    except ChangedMeanwhile:
        return _changed_meanwhile()
    flash(_("Noted. The refund is on its way, and the buyer is told by mail."))
    return render.see_other(request.path.removesuffix("/refunds"))


def _changed_meanwhile() -> ResponseReturnValue:
    """The second of two clicks, as a rule: what the first one did stands on the purchase's page."""
    flash(_("This purchase changed since you opened the page. Nothing more was refunded."))
    return render.see_other(request.path.removesuffix("/refunds"))


def _refund(purchase: Purchase, form: RefundForm, actor: str) -> None:
    decision = Decision(actor, form.back_on_sale.data, form.seen.data)
    if form.kind.data == "all":
        refunding.in_full(purchase, decision)
    elif form.kind.data == "tickets":
        refunding.by_line(purchase, form.wanted(), decision)
    else:
        refunding.by_amount(purchase, form.amount_minor, decision)


def _page(
    event: Event, membership: OrganisationMember, purchase: Purchase, form: RefundForm, **more: Any
) -> ResponseReturnValue:
    return render.page(
        "manage/refunds_new.html",
        event=event,
        membership=membership,
        purchase=purchase,
        form=form,
        left_minor=refunding.left_of(purchase),
        is_refundable=refunding.is_refundable(purchase),
        **more,
    )
