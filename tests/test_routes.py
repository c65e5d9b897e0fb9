"""Every route, every method, everyone who may stand before it, and what each is answered. A route that is not in the
table fails; so does a refusal that writes, or a page that writes because it was looked at."""

import re

import pytest

from carneau.core.db import db
from carneau.web import caching
from tests.actors import ACTORS, MISSING, ROLES, World
from tests.emptying import empty_tables
from tests.routes import DOOR, OWNER, ROUTES

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL)


@pytest.fixture(scope="module")
def worlds():
    """The one there is, in order; whoever takes it puts it back only if nothing in it was changed."""
    return []


@pytest.fixture
def database(app, worlds):
    """Emptied and furnished once, and again where the test before left no world."""
    with app.app_context():
        if not worlds:
            empty_tables()
            worlds.append(World(app))
        caching.forget()
        yield
        db.session.rollback()
        db.session.remove()


def test_the_table_names_every_route(app):
    routes = {
        (rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert routes == set(ROUTES)


@pytest.mark.parametrize(("endpoint", "method"), ROUTES, ids=lambda value: value)
def test_everyone_is_answered_as_the_table_says(app, worlds, count_statements, endpoint, method):
    row, world = ROUTES[endpoint, method], worlds.pop()
    expected, answered, written = {}, {}, []
    for actor in ACTORS:
        browser = world.browser(actor)
        for name, values in objects(world, row):
            with app.app_context(), count_statements() as statements:
                answer = browser.open(row.path.format(**values), method=method)
                answer.close()
            expected[actor, name] = status(row, actor, name)
            answered[actor, name] = answer.status_code
            written += [(actor, name, each) for each in statements if WRITES.match(each)]

    if not written:
        worlds.append(world)
    assert answered == expected
    assert row.writes or not written
    assert getattr(app.view_functions[endpoint], "allowed", None) == (frozenset(row.roles) if row.roles else None)


def objects(world, row):
    """All of it one's own, the rival's, or missing; and each placeholder alone of someone else's."""
    yield "own", world.own
    if not row.placeholders:
        return
    yield "foreign", world.foreign
    yield "missing", MISSING
    if "slug" in row.placeholders:
        yield "sibling", world.sibling
    for placeholder in row.placeholders if len(row.placeholders) > 1 else ():
        for kind, values in (("foreign", world.foreign), ("missing", MISSING), ("sibling", world.sibling)):
            yield f"{kind} {placeholder}", world.own | {placeholder: values[placeholder]}


def status(row, actor, name):
    if row.needs_login and actor == "anonymous":
        return 303
    kind, _blank, alone = name.partition(" ")
    if row.at_the_door and has_a_door(actor, kind):
        return row.at_the_door
    if row.roles is not None:
        return status_for_member(row, actor, kind, alone)
    if name == "missing" or alone:
        return row.if_missing
    return row.status if actor == "anonymous" else row.if_logged_in or row.status


def has_a_door(actor, kind):
    if actor == "rival":
        return kind == "foreign"
    return (kind == "own" and actor in ("door", "manager", "owner")) or (
        kind == "sibling" and actor in ("manager", "owner")
    )


def status_for_member(row, actor, kind, alone):
    """The first placeholder is the house, or an event of it; what hangs below is looked for only by who may enter."""
    outer = row.placeholders[0]
    place = kind if alone in ("", outer) else "own"
    role = {"own": ROLES.get(actor), "sibling": ROLES.get(actor), "foreign": OWNER if actor == "rival" else None}
    mine = role.get(place)
    if mine is None or (mine is DOOR and place == "sibling" and outer == "slug"):
        return 404
    if mine not in row.roles:
        return 403
    is_whole = alone == "" or (kind == "sibling" and outer == "organisation_slug")
    return row.status if is_whole else row.if_missing
