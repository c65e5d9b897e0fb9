"""The one door to what is kept of an export: pieces in PostgreSQL, of a size that fits into memory."""

from collections.abc import Iterator
from typing import IO

import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.exports.models import Export, ExportPart

PIECE = 1_000_000


def keep(export: Export, number: int, content: bytes) -> None:
    values = {"organisation_id": export.organisation_id, "export_id": export.id, "number": number, "content": content}
    db.session.execute(sa.insert(ExportPart).values(values))


def replace(export: Export, file: IO[bytes]) -> int:
    """All pieces by those of the whole file; its size in bytes."""
    db.session.execute(sa.delete(ExportPart).where(ExportPart.export_id == export.id))
    number = 0
    while piece := file.read(PIECE):
        keep(export, number, piece)
        number += 1
    return file.tell()


def size(export: Export) -> int:
    mine = sa.select(sa.func.sum(sa.func.length(ExportPart.content))).where(ExportPart.export_id == export.id)
    return int(db.session.scalar(mine) or 0)


def read(export_id: int) -> Iterator[bytes]:
    """One piece after the other, each in a transaction of its own: whoever reads slowly holds nothing."""
    number = 0
    while (content := _piece(export_id, number)) is not None:
        yield content
        number += 1


def _piece(export_id: int, number: int) -> bytes | None:
    mine = sa.select(ExportPart.content).where(ExportPart.export_id == export_id, ExportPart.number == number)
    with transaction():
        return db.session.scalar(mine)
