"""A backup into an empty database: of its own revision first, then brought up to this release's."""

import json
import tarfile
from typing import IO, Any, cast

import sqlalchemy as sa

from carneau.catalogue import storage
from carneau.core.db import db
from carneau.ops import backup, readiness
from carneau.ops.backup import FORMAT, MANIFEST, PICTURES, TABLES

# Numbers given out after the backup are in mails, in QR codes and at Stripe: none of them is given out again.
LEAVE_OUT = """DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND is_identity = 'YES' LOOP
        EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 100000) FROM %I',
                       one.table_name, one.column_name, one.column_name, one.table_name);
    END LOOP;
END $$"""

TRIGGERED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"


class NotRestored(Exception):
    """Nothing was changed; the message says why."""


def _upgrade(revision: str = "head") -> None:
    from flask_migrate import upgrade  # noqa: PLC0415  a web process, which knows these commands too, does without

    upgrade(revision=revision)


def restore(file: IO[bytes]) -> dict[str, Any]:
    """Returns the backup's manifest. Raises NotRestored. All tables come in one transaction; pictures beside it."""
    try:
        with tarfile.open(fileobj=file, mode="r|gz") as archive:
            manifest = _manifest_of(archive)
            _make_tables(manifest["revision"])
            _fill(archive, manifest)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise NotRestored(f"This is no backup of Carneau, or it is damaged: {error}") from error
    _upgrade()
    return manifest


def _manifest_of(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == MANIFEST else None
    if content is None:
        raise NotRestored("This is no backup of Carneau: it does not begin with its manifest.")
    manifest: dict[str, Any] = json.load(content)
    if manifest["format"] != FORMAT or manifest["revision"] not in readiness.revisions():
        raise NotRestored("This backup was made by a newer release. Install that one, restore, then go on.")
    return manifest


def _make_tables(revision: str) -> None:
    with db.engine.connect() as connection:
        known = sa.inspect(connection).get_table_names()
        filled = [name for name in known if name != "alembic_version" and _has_rows(connection, name)]
    if filled:
        raise NotRestored(f"The database is not empty: there are rows in {', '.join(sorted(filled))}.")
    if known:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    _upgrade(revision)


def _has_rows(connection: sa.Connection, name: str) -> bool:
    return bool(connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(sa.table(name))))))


def _fill(archive: tarfile.TarFile, manifest: dict[str, Any]) -> None:
    missing = dict(manifest["tables"])
    with db.engine.begin() as connection, cast(Any, connection.connection).cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
        _set_triggers(cursor, "DISABLE")
        for entry in archive:
            content = archive.extractfile(entry)
            if content is None:
                continue
            if entry.name.startswith(PICTURES):
                storage.put(entry.name.removeprefix(PICTURES), content.read())
            elif (name := entry.name.removeprefix(TABLES)) in missing:
                _fill_table(cursor, name, missing.pop(name), content)
        if missing:
            raise NotRestored(f"The backup is not whole: {', '.join(sorted(missing))} is missing.")
        _set_triggers(cursor, "ENABLE")
        cursor.execute(LEAVE_OUT)


def _set_triggers(cursor: Any, wish: str) -> None:
    """What comes back happened long ago: no webhook tells of it once more."""
    for (table,) in cursor.execute(TRIGGERED).fetchall():
        cursor.execute(f"ALTER TABLE {table} {wish} TRIGGER USER")


def _fill_table(cursor: Any, name: str, columns: list[str], content: IO[bytes]) -> None:
    with cursor.copy(backup.copying(name, columns, "FROM STDIN")) as copy:
        while piece := content.read(65536):
            copy.write(piece)
