from collections.abc import Iterator

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _
from wtforms import SelectField

from carneau.catalogue import guards
from carneau.catalogue.models import Event
from carneau.core.db import transaction
from carneau.exports import making, parts, queries, tables
from carneau.exports.models import ExportForm, ExportKind
from carneau.manage import wording
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render, spreadsheets
from carneau.web.forms import SessionForm
from carneau.web.spreadsheets import Row

bp = Blueprint("manage_exports", __name__, url_prefix="/manage/events/<slug>/exports")
bp.add_app_template_filter(format_decimal, "figure")
bp.add_app_template_filter(wording.file_size, "file_size")
bp.add_app_template_filter(wording.export_kind, "export_kind")
ORGANISERS = (Role.OWNER, Role.MANAGER)
FORM = "<any(csv, xlsx):form>"


class WantedForm(SessionForm):
    kind = SelectField()
    form = SelectField(choices=[each.value for each in ExportForm])

    def offer(self, kinds: list[ExportKind]) -> "WantedForm":
        self.kind.choices = [each.value for each in kinds]
        return self


@bp.get("")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def index(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    kinds = _kinds(membership)
    return render.page(
        "manage/exports.html",
        blocks=("recent",),
        event=event,
        membership=membership,
        kinds=kinds,
        long=[kind for kind in kinds if making.is_long(kind, event)],
        recent=queries.recent(event, kinds),
        form=WantedForm(formdata=None),
    )


@bp.post("")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    form = WantedForm.of_request().offer(_kinds(membership)).require()
    with transaction():
        making.begin(event, ExportKind(form.kind.data), ExportForm(form.form.data), membership.user)
    return render.see_other(f"{request.path}#recent")


@bp.get("/files/<export_ref>")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def files_show(event: Event, membership: OrganisationMember, export_ref: str) -> ResponseReturnValue:
    export = queries.ready(event, _kinds(membership), export_ref)
    return spreadsheets.attached(
        f"{event.slug}-{export.kind}", export.form, parts.read(export.id), size_bytes=export.size_bytes
    )


@bp.get(f"/attendees.{FORM}")
@guards.for_event(*ORGANISERS)
def attendees(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _at_once(event, ExportKind.ATTENDEES, form)


@bp.get(f"/purchases.{FORM}")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def purchases(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _at_once(event, ExportKind.PURCHASES, form)


@bp.get(f"/admissions.{FORM}")
@guards.for_event(*ORGANISERS)
def admissions(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _at_once(event, ExportKind.ADMISSIONS, form)


@bp.get(f"/money.{FORM}")
@guards.for_event(*ORGANISERS, Role.FINANCE)
def money(event: Event, membership: OrganisationMember, form: str) -> ResponseReturnValue:
    return _table(event, "money-by-day", form, tables.money_by_day(event))


def _kinds(membership: OrganisationMember) -> list[ExportKind]:
    """Finance sees who paid, not who comes."""
    return list(ExportKind) if membership.role in ORGANISERS else [ExportKind.PURCHASES]


def _at_once(event: Event, kind: ExportKind, form: str) -> ResponseReturnValue:
    if making.is_long(kind, event):
        flash(_("This table is long by now: it is made in the background. Choose it here."))
        return render.see_other(request.path.rpartition("/")[0])
    return _table(event, kind, form, tables.rows_of(kind, event))


def _table(event: Event, what: str, form: str, rows: Iterator[Row]) -> ResponseReturnValue:
    return spreadsheets.answer(f"{event.slug}-{what}", form, rows)
