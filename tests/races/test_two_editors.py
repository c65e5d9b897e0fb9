"""Two members save one event, and one ticket type, that both had open."""

import threading

import pytest
import sqlalchemy as sa

from carneau.catalogue import editing
from carneau.catalogue.duplicating import EVENT_FACTS, TYPE_FACTS
from carneau.catalogue.models import Event, TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from tests.making import make_ticket_type
from tests.races.conftest import kinds

EDITORS = 6


def save(row, verb, names, actor, **values):
    with transaction():
        mine = db.session.get_one(type(row), row.id, populate_existing=True)
        return verb(mine, actor, row.version, **{name: getattr(row, name) for name in names} | values)


def save_event(event, number):
    return save(event, editing.change_event, EVENT_FACTS, f"user:{number}", title=f"Title {number}")


def save_type(kind, number):
    return save(kind, editing.change_ticket_type, TYPE_FACTS, f"user:{number}", name=f"Name {number}")


def edits(row):
    db.session.rollback()
    mine = AuditEntry.subject == row.__tablename__, AuditEntry.subject_id == row.id
    return db.session.scalars(sa.select(AuditEntry).where(*mine)).all()


@pytest.mark.parametrize("what", ["event", "ticket type"])
def test_of_many_who_save_at_once_one_is_kept_and_the_others_are_told(event, neighbours, in_parallel, what):
    kind = make_ticket_type(event)
    neighbours(kind)
    row, save_it = (event, save_event) if what == "event" else (kind, save_type)

    outcomes = in_parallel(EDITORS, lambda n: save_it(row, n))

    assert kinds(outcomes) == ["EditedMeanwhile"] * (EDITORS - 1) + ["list"]
    [winner] = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, list)]
    [edit] = edits(row)
    now = db.session.get_one(type(row), row.id, populate_existing=True)
    assert (now.version, edit.actor, edit.facts["version"]) == (2, f"user:{winner}", 2)
    assert str(winner) in (now.title if what == "event" else now.name)


def test_what_both_wrote_alike_is_one_change_and_no_conflict(event, in_parallel):
    outcomes = in_parallel(2, lambda: save_event(event, 7))

    assert sorted(map(len, outcomes)) == [0, 1]
    assert len(edits(event)) == 1


@pytest.mark.parametrize("model", [Event, TicketType])
def test_control_who_looks_at_the_version_and_then_writes_loses_the_other_edit(event, in_parallel, model):
    row, both_looked = (event if model is Event else make_ticket_type(event)), threading.Barrier(2)
    name = "title" if model is Event else "name"

    def naively(number):
        with transaction():
            seen = db.session.scalar(sa.select(model.version).where(model.id == row.id))
        assert seen == row.version
        both_looked.wait(timeout=30)
        with transaction():
            mine = sa.update(model).where(model.id == row.id)
            db.session.execute(mine.values({name: f"By {number}", "version": seen + 1}))
        return "saved"

    assert in_parallel(2, naively) == ["saved", "saved"]
    db.session.rollback()
    assert db.session.get_one(model, row.id, populate_existing=True).version == 2
