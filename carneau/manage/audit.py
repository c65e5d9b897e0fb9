from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from carneau.accounts.models import User
from carneau.catalogue import guards
from carneau.core.audit import AuditEntry
from carneau.core.errors import Invalid
from carneau.manage import audit_names, audit_words
from carneau.manage.audit_names import Name
from carneau.organisations import history
from carneau.organisations.models import OrganisationMember, Role
from carneau.web import render
from carneau.web.forms import Form

bp = Blueprint("manage_audit", __name__, url_prefix="/manage/organisations/<organisation_slug>/audit")
LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    kind: str
    name: Name
    action: str
    facts: str


class FilterForm(Form):
    subject = SelectField(lazy_gettext("What"), validators=[Optional()])
    action = SelectField(lazy_gettext("What happened"), validators=[Optional()])
    actor = SelectField(lazy_gettext("Who"), validators=[Optional()])
    since = DateField(lazy_gettext("From day"), validators=[Optional()])
    until = DateField(lazy_gettext("To day"), validators=[Optional()])

    def offer(self, people: dict[str, User]) -> None:
        self.subject.choices = [("", _("Everything")), *audit_words.SUBJECTS.items()]
        self.action.choices = [("", _("Everything")), *audit_words.ACTIONS.items()]
        persons = {person.id: (ref, person.name) for ref, person in people.items()}
        self.actor.choices = [("", _("Everyone")), *persons.values(), *audit_words.OTHERS.items()]

    def filter(self, people: dict[str, User]) -> history.Filter:
        chosen = self.actor.data or ""
        actor = people[chosen].actor if chosen in people else chosen
        return history.Filter(self.subject.data or "", self.action.data or "", actor, self.since.data, self.until.data)


@bp.get("")
@guards.for_organisation(Role.OWNER)
def index(membership: OrganisationMember) -> ResponseReturnValue:
    people = history.people(membership.organisation_id)
    form = FilterForm(request.args)
    form.offer(people)
    is_valid = form.validate()
    wanted = form.filter(people) if is_valid else history.Filter()
    found = history.entries(membership.organisation_id, wanted, _before())
    return render.page(
        "manage/audit.html",
        status=200 if is_valid else 422,
        membership=membership,
        form=form,
        lines=_lines(found[: history.SIZE], membership.organisation_id),
        kept={name: value for name, value in request.args.items() if name in form.data and value},
        begins_later="before" in request.args,
        further=found[history.SIZE - 1].id if len(found) > history.SIZE else None,
    )


def _before() -> int | None:
    text = request.args.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise Invalid(_("This link to a page is incomplete. Please begin again at the first page."))
    return int(text)


def _lines(entries: Sequence[AuditEntry], organisation_id: int) -> list[Line]:
    names, people = audit_names.of(entries, organisation_id), audit_names.of_people(entries)
    return [_line(entry, names.get((entry.subject, entry.subject_id), Name("")), people) for entry in entries]


def _line(entry: AuditEntry, name: Name, people: dict[str, str]) -> Line:
    if "user" in entry.facts and not name.text:
        name = Name(audit_words.of_actor(f"user:{entry.facts['user']}", people))
    return Line(
        at=entry.created_at,
        who=audit_words.of_actor(entry.actor, people),
        kind=audit_words.of_subject(entry.subject),
        name=name,
        action=audit_words.of_action(entry.action),
        facts=audit_words.of_facts(entry.facts, name.currency),
    )
