from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.fulfilment import fulfil
from carneau.manage import flag_words, wording
from carneau.manage.sales_forms import ResendForm
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import flags, history, refunding
from carneau.payments import queries as payments
from carneau.purchases import links, queries
from carneau.purchases.models import PaymentStatus
from carneau.purchases.status import FULFILLED
from carneau.tickets import queries as tickets
from carneau.tickets import search
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_purchases", __name__, url_prefix="/manage/events/<slug>/purchases")
bp.add_app_template_filter(wording.state, "purchase_state")
bp.add_app_template_filter(wording.channel, "channel_name")
bp.add_app_template_filter(wording.ticket_state, "ticket_state")
bp.add_app_template_filter(wording.refund_state, "refund_state")
bp.add_app_template_filter(wording.happened, "happened")
bp.add_app_template_filter(flag_words.difference, "difference")


@bp.get("")
@guards.for_event(Role.OWNER, Role.MANAGER, Role.FINANCE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    question = request.args.get("q", "").strip()
    state = next((each for each in PaymentStatus if each == request.args.get("state")), None)
    return render.page(
        "manage/purchases.html",
        blocks=("rows",),
        event=event,
        membership=membership,
        q=question,
        state=state,
        found=search.find_purchases(event, question, request.args.get("after"), state),
        counts={} if render.wants_fragment() else search.count_purchases(event),
    )


@bp.get("/<ref>")
@guards.for_event(Role.OWNER, Role.MANAGER, Role.FINANCE)
def show(event: Event, membership: OrganisationMember, ref: str) -> ResponseReturnValue:
    return _page(event, membership, ref)


@bp.post("/<ref>/mails")
@guards.for_event(Role.OWNER, Role.MANAGER)
def mails_create(event: Event, membership: OrganisationMember, ref: str) -> ResponseReturnValue:
    queries.of_event(event.organisation_id, event.id, ref)
    form = ResendForm.of_request()
    if not form.validate():
        return _page(event, membership, ref, form, 422)
    path = request.path.removesuffix("/mails")
    with transaction():
        purchase = queries.locked_of(event.organisation_id, event.id, ref)
        fulfil.resend(purchase, form.email.data, membership.user.actor)
    flash(_("The tickets are on their way to %(email)s.", email=form.email.data))
    return render.see_other(path)


def _page(
    event: Event, membership: OrganisationMember, ref: str, form: ResendForm | None = None, status: int = 200
) -> ResponseReturnValue:
    purchase = queries.of_event(event.organisation_id, event.id, ref)
    can_edit = membership.role in (Role.OWNER, Role.MANAGER)
    return render.page(
        "manage/purchases_show.html",
        status=status,
        event=event,
        membership=membership,
        purchase=purchase,
        tickets=tickets.for_purchase(purchase),
        refunds=payments.refunds_of(purchase),
        flags=flags.of_purchase(purchase),
        may_decide=membership.role in (Role.OWNER, Role.FINANCE),
        press=PressForm(formdata=None),
        moments=history.of(purchase),
        can_refund=membership.role in (Role.OWNER, Role.FINANCE) and refunding.is_refundable(purchase),
        can_edit=can_edit,
        can_print=can_edit and purchase.payment_status in FULFILLED,
        key=links.key(purchase.ref) if can_edit else "",
        form=form or ResendForm(email=purchase.email),
    )
