import gzip
import io
import json
import os
import secrets
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from carneau.catalogue import images
from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.ops import backup, checks, restoring
from carneau.ops.findings import State
from carneau.purchases.models import Purchase
from carneau.standalone.environment import ROOT
from tests.buying import Buyer, settle
from tests.catalogue.test_images import picture
from tests.making import make_endpoint, make_event, make_ticket_type


@pytest.fixture
def elsewhere(settings, tmp_path):
    """Another machine: an empty database, a folder of its own, the same keys."""
    name = f"restored_{secrets.token_hex(4)}"
    here = settings["DATABASE_URL"]
    with psycopg.connect(here, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield (
        os.environ
        | settings
        | {
            "DATABASE_URL": f"{here.rpartition('/')[0]}/{name}",
            "MEDIA_DIR": str(tmp_path / "pictures"),
            "LOG_LEVEL": "ERROR",
        }
    )
    with psycopg.connect(here, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def flask(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)


def ask(environ: dict[str, str], statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        return connection.execute(statement).fetchall()


def sell(app, simulator, kind, quantity: int = 1) -> str:
    session_id = Buyer(app).begin(kind, quantity)
    simulator.pay(session_id)
    settle(app, simulator)
    with transaction():
        return db.session.scalars(sa.select(Purchase.ref).order_by(Purchase.id.desc()).limit(1)).one()


def made(app, path: Path) -> Path:
    done = app.test_cli_runner().invoke(args=["backup", str(path)])
    assert done.exit_code == 0, done.output
    return path


def test_what_was_sold_after_the_backup_is_there_again(app, simulator, elsewhere, tmp_path, invariants_hold):
    event = make_event()
    with transaction():
        key = images.store(db.session.get_one(Event, event.id), picture(), "A red square").key
    kind = make_ticket_type(event, total_quantity=10)
    before = sell(app, simulator, kind, 2)
    file = made(app, tmp_path / "carneau.tar.gz")
    since = [sell(app, simulator, kind, quantity) for quantity in (1, 3)]
    invariants_hold()

    restored = flask(elsewhere, "restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "flask reconcile --hours 1" in restored.stdout
    assert ask(elsewhere, "SELECT ref FROM purchases") == [(before,)]
    assert Path(elsewhere["MEDIA_DIR"], f"{key}-320.webp").is_file()
    reconciled = flask(elsewhere, "reconcile", "--hours", "1")
    assert "2 purchases are there again" in reconciled.stdout, reconciled.stdout + reconciled.stderr
    again = flask(elsewhere, "reconcile", "--hours", "1")

    assert "0 purchases are there again" in again.stdout
    rows = ask(elsewhere, "SELECT ref, (SELECT count(*) FROM tickets WHERE purchase_id = p.id) FROM purchases p")
    assert dict(rows) == {before: 2, since[0]: 1, since[1]: 3}
    assert ask(elsewhere, "SELECT sold_quantity, held_quantity FROM ticket_types") == [(6, 0)]
    holding = flask(elsewhere, "invariants")
    assert holding.returncode == 0, holding.stdout


def test_numbers_that_were_given_out_after_the_backup_are_not_given_out_again(app, simulator, elsewhere, tmp_path):
    kind = make_ticket_type(total_quantity=10)
    file = made(app, tmp_path / "carneau.tar.gz")
    sell(app, simulator, kind)
    with transaction():
        lost = db.session.scalar(sa.text("SELECT max(id) FROM tickets"))
    flask(elsewhere, "restore", str(file))
    flask(elsewhere, "reconcile", "--hours", "1")

    assert ask(elsewhere, "SELECT min(id) FROM tickets")[0][0] > lost


def test_a_database_with_rows_is_not_touched(app, database, settings, tmp_path):
    make_event()
    file = made(app, tmp_path / "carneau.tar.gz")
    done = app.test_cli_runner().invoke(args=["restore", str(file)])

    assert done.exit_code == 1
    assert "not empty" in done.output
    with transaction():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1


def test_a_backup_that_was_cut_leaves_nothing_behind(app, database, elsewhere, tmp_path):
    make_event()
    file = made(app, tmp_path / "carneau.tar.gz")
    file.write_bytes(file.read_bytes()[:-300])
    done = flask(elsewhere, "restore", str(file))

    assert (done.returncode, "damaged" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    made_tables = ask(elsewhere, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert ("events",) not in made_tables or ask(elsewhere, "SELECT count(*) FROM events") == [(0,)]


@pytest.mark.parametrize("kind", ["garbage", "empty", "newer", "another"])
def test_a_file_that_is_no_backup_of_ours_is_refused_before_anything_is_touched(app, database, kind):
    make_event()
    content = {
        "garbage": secrets.token_bytes(5000),
        "empty": b"",
        "newer": one_entry(backup.MANIFEST, {"format": 1, "revision": "of_a_later_release"}),
        "another": one_entry("letter.json", {}),
    }[kind]
    with pytest.raises(restoring.NotRestored):
        restoring.restore(io.BytesIO(content))

    with transaction():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1


def backup_entry(content: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return archive.extractfile(name).read()


def one_entry(name: str, thing: object) -> bytes:
    out = io.BytesIO()
    content = json.dumps(thing).encode()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(out.getvalue())


def test_a_backup_goes_to_standard_output_too_and_is_never_overwritten(app, database, tmp_path):
    runner = app.test_cli_runner()
    there = tmp_path / "there.tar.gz"
    there.write_bytes(b"precious")

    assert runner.invoke(args=["backup", str(there)]).exit_code == 1
    assert there.read_bytes() == b"precious"
    done = runner.invoke(args=["backup", "-"])
    assert json.loads(backup_entry(done.stdout_bytes, backup.MANIFEST))["format"] == backup.FORMAT


def test_the_doctor_knows_how_old_the_last_one_is(app, database, tmp_path):
    assert checks.a_backup_is_young().state is State.LOOK
    made(app, tmp_path / "carneau.tar.gz")
    assert checks.a_backup_is_young().state is State.GOOD
    with transaction():
        db.session.execute(sa.text("UPDATE backups SET made_at = now() - interval '3 days'"))
    assert "72 hours" in checks.a_backup_is_young().says


def test_every_table_is_in_it(app, database):
    with db.engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}

    assert {table.name for table in backup.tables()} == there


def test_no_webhook_tells_once_more_of_what_was_restored(app, simulator, elsewhere, tmp_path):
    event = make_event()
    make_endpoint(event)
    sell(app, simulator, make_ticket_type(event))
    owed = "SELECT count(*) FROM outbox WHERE job = 'integrations.announce'"
    before = db.session.scalar(sa.text(owed))
    assert before
    restored = flask(elsewhere, "restore", str(made(app, tmp_path / "carneau.tar.gz")))

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert ask(elsewhere, owed) == [(before,)]
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgname = 'announce' AND tgenabled = 'O'"
    assert ask(elsewhere, triggers) == [(2,)]
