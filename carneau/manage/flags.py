from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from carneau.accounts.guards import with_second_factor
from carneau.catalogue import guards
from carneau.core.db import transaction
from carneau.core.money import Money
from carneau.manage import flag_words
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import ending, flagging, flags, trying_again
from carneau.web import filters, render
from carneau.web.forms import PressForm, SessionForm, visible, without_blanks_around

bp = Blueprint("manage_flags", __name__, url_prefix="/manage/organisations/<organisation_slug>/flags")
bp.add_app_template_filter(flag_words.happened, "flag_happened")
bp.add_app_template_filter(flag_words.to_do, "flag_to_do")
MONEY = (Role.OWNER, Role.FINANCE)


class NoteForm(SessionForm):
    note = TextAreaField(
        lazy_gettext("What you found, and did"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please write a few words, for whoever asks later.")),
            visible,
            Length(max=1000, message=lazy_gettext("Please shorten this to at most 1,000 letters.")),
        ],
        render_kw={"rows": 3, "maxlength": 1000},
    )
    free_places = BooleanField(lazy_gettext("Put the places that were kept for it back on sale"))


@bp.get("")
@guards.for_organisation(*MONEY)
def index(membership: OrganisationMember) -> ResponseReturnValue:
    is_past = "past" in request.args
    found = (flags.closed_ones if is_past else flags.open_ones)(membership.organisation_id)
    return render.page(
        "manage/flags.html", membership=membership, flags=found, is_past=is_past, press=PressForm(formdata=None)
    )


@bp.get("/<flag_ref>")
@guards.for_organisation(*MONEY)
def closings_new(membership: OrganisationMember, flag_ref: str) -> ResponseReturnValue:
    return _page(membership, flag_ref, NoteForm(formdata=None))


@bp.post("/<flag_ref>/closing")
@guards.for_organisation(*MONEY)
def closings_create(membership: OrganisationMember, flag_ref: str) -> ResponseReturnValue:
    flag, form = flags.by_ref(membership.organisation_id, flag_ref), NoteForm.of_request()
    if not form.validate():
        return _page(membership, flag_ref, form, 422)
    with transaction():
        flagging.close(flag.id, membership.user, form.note.data)
        if form.free_places.data:
            ending.free_flagged(flag.payment_id, membership.user.actor)
    flash(_("Noted: it is looked at."))
    return render.see_other(_list())


@bp.post("/<flag_ref>/refund")
@guards.for_organisation(*MONEY)
@with_second_factor
def refunds_create(membership: OrganisationMember, flag_ref: str) -> ResponseReturnValue:
    flags.by_ref(membership.organisation_id, flag_ref)
    PressForm.of_request().require()
    with transaction():
        errand = trying_again.prepare(membership.organisation_id, flag_ref)
    said = trying_again.ask(errand)
    with transaction():
        amount_minor = trying_again.send(errand, said, membership.user)
    amount = filters.money(Money(amount_minor, said.currency))
    if amount_minor:
        flash(_("%(amount)s is on its way back. If this fails too, it stands here again.", amount=amount))
    else:
        flash(_("Stripe says that all of it has gone back already. Nothing was sent, and it counts as looked at."))
    return render.see_other(_list())


def _page(membership: OrganisationMember, flag_ref: str, form: NoteForm, status: int = 200) -> ResponseReturnValue:
    flag = flags.shown(membership.organisation_id, flag_ref)
    return render.page(
        "manage/flags_show.html",
        status=status,
        membership=membership,
        flag=flag,
        form=form,
        press=PressForm(formdata=None),
    )


def _list() -> str:
    return request.path.partition("/flags")[0] + "/flags"
