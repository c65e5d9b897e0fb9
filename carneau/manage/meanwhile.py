"""What somebody else saved while a form was open: who, when, and beside each field what stands there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, Field, HiddenField, SelectField

from carneau.catalogue import editing
from carneau.catalogue.models import Event, TicketType
from carneau.core.audit import AuditEntry
from carneau.manage import audit_names, audit_words
from carneau.manage.reading import FIELD_OF
from carneau.web.forms import SessionForm


class VersionedForm(SessionForm):
    """Base of the forms that change what others may be changing too."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """0, which no row ever has, for what is no version."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@dataclass(frozen=True, slots=True)
class Edit:
    who: str
    at: datetime
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """`theirs`: what is saved now, as text, by the name of each field that says something else."""

    edits: list[Edit]
    theirs: dict[str, str]


def of(form: VersionedForm, row: Event | TicketType, shown: Mapping[str, Any]) -> Meanwhile:
    """`shown` is what the form would show of the row as it is now."""
    entries = editing.since(row, form.seen)
    people = audit_names.of_people(entries)
    edits = [_edit(each, people, form) for each in entries]
    others = {name for each in entries for name in _fields_of(each.facts["changed"])} or set(shown)
    theirs = {
        name: _said(form[name], value)
        for name, value in shown.items()
        if name in others and _typed(form[name]) != _typed(value)
    }
    return Meanwhile(edits, theirs)


def _edit(entry: AuditEntry, people: dict[str, str], form: VersionedForm) -> Edit:
    labels = [f"“{form[name].label.text}”" for name in _fields_of(entry.facts["changed"]) if name in form]
    return Edit(audit_words.of_actor(entry.actor, people), entry.created_at, labels)


def _typed(value: Any) -> Any:
    """A browser ends lines in its own way."""
    value = value.data if isinstance(value, Field) else value
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _fields_of(columns: list[str]) -> list[str]:
    return [FIELD_OF.get(name, name) for name in columns]


def _said(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return str(_("yes") if value else _("no"))
    if isinstance(field, SelectField):
        value = next((label for code, label, *_more in field.iter_choices() if code == value), value)
    return str(value) or str(_("(nothing)"))
