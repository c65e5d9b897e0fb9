"""Everything in one file: the tables as PostgreSQL's own COPY writes them, the pictures, and what they belong to. It
needs no pg_dump, so it works from any machine that runs Carneau, and between versions of PostgreSQL."""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import Mapped, mapped_column

from carneau.catalogue import storage
from carneau.core import clock, settings
from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model, db, transaction

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, PICTURES = "tables/", "pictures/"
SNAPSHOT = """SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
              SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"""
IN_MEMORY_BYTES = 8 * 1024 * 1024


class Backup(Model):
    """That one was made, for whoever wonders when the last was. Where it went we do not know."""

    __tablename__ = "backups"

    id: Mapped[Id]
    made_at: Mapped[CreatedAt]
    bytes: Mapped[int] = mapped_column(sa.BigInteger)


def tables() -> list[sa.Table]:
    """Parents before their children."""
    return list(db.metadata.sorted_tables)


def back_up(out: Any) -> dict[str, Any]:
    """Writes a .tar.gz of one moment, while selling goes on; returns its manifest."""
    with tarfile.open(fileobj=out, mode="w|gz") as archive:
        with _snapshot() as cursor:
            manifest = _manifest(cursor)
            _add(archive, MANIFEST, io.BytesIO(json.dumps(manifest, indent=1).encode()))
            for name, columns in manifest["tables"].items():
                with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as rows:
                    _read(cursor, name, columns, rows)
                    _add(archive, f"{TABLES}{name}", rows)
        for name in storage.names():
            if (content := storage.read(name)) is not None:
                _add(archive, f"{PICTURES}{name}", io.BytesIO(content))
    return manifest


def _read(cursor: psycopg.Cursor[Any], table: str, columns: list[str], rows: IO[bytes]) -> None:
    with cursor.copy(copying(table, columns, "TO STDOUT")) as copy:
        for piece in copy:
            rows.write(piece)


def note(size: int) -> None:
    with transaction():
        db.session.add(Backup(bytes=size))


def copying(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + direction).format(sql.Identifier(table), names)


@contextmanager
def _snapshot() -> Iterator[psycopg.Cursor[Any]]:
    connection: Any = db.engine.raw_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
            yield cursor
    finally:
        connection.rollback()
        connection.close()


def _manifest(cursor: psycopg.Cursor[Any]) -> dict[str, Any]:
    cursor.execute("SELECT version_num, now() FROM alembic_version")
    [(revision, made_at)] = cursor.fetchall()
    return {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "revision": revision,
        "tables": {table.name: [each.name for each in table.columns if each.computed is None] for table in tables()},
        "ticket_key_digest": key_digest(),
    }


def key_digest() -> str:
    """Tells whether codes that were signed before will still be known, and nothing of the key."""
    return hashlib.sha256(b"carneau backup\x00" + settings.current().ticket_key.encode()).hexdigest()[:16]


def made_at(manifest: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(manifest["made_at"])


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    content.seek(0, io.SEEK_END)
    entry.size = content.tell()
    entry.mtime = int(clock.now().timestamp())
    content.seek(0)
    archive.addfile(entry, content)
