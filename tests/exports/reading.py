"""What was made."""

import io
import re
import zipfile

import sqlalchemy as sa

from carneau.core.db import db
from carneau.exports import parts
from carneau.exports.models import Export
from carneau.web import workbooks


def newest() -> Export:
    db.session.rollback()
    return db.session.scalars(sa.select(Export).order_by(Export.id.desc()).limit(1)).one()


def content(export: Export) -> bytes:
    return b"".join(parts.read(export.id))


def sheet_of(book: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(book)).read(workbooks.SHEET).decode()


def numbers_of_rows(sheet: str) -> list[int]:
    return [int(number) for number in re.findall(r'<row r="(\d+)"', sheet)]
