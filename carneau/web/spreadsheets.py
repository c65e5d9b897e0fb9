"""Tables for spreadsheets, in constant memory however long they are, and safe to open: no cell becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from flask import Flask, Response, send_file
from flask.globals import app_ctx

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 500
LARGEST_CELL = 32_767
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(name: str, form: str, rows: Iterable[Row]) -> Response:
    """`form` is `csv` or `xlsx`; the first row is the head."""
    return _as_xlsx(name, rows) if form == "xlsx" else attached(name, form, lines(rows))


def defused(text: str) -> str:
    """A spreadsheet would run what begins like a formula; an apostrophe makes it text."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """CSV, many rows at a time."""
    rest, is_first = iter(rows), True
    while some := list(islice(rest, ROWS_AT_ONCE)):
        yield csv_part(some, is_first)
        is_first = False


def csv_part(rows: Iterable[Row], is_first: bool) -> bytes:
    """The first begins with a mark by which spreadsheets know that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig" if is_first else "utf-8")


def book(rows: Iterable[Row], first: int = 0) -> IO[bytes]:
    """XLSX in a temporary file that vanishes when it is closed. Text is written as text, whatever it begins with.
    Rows stand from number `first` on, counted from 0."""
    file = TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows, first):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, days)
    file.seek(0)
    return file


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, days: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, cell[:LARGEST_CELL])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, days)
    elif cell is not None:
        sheet.write_number(row, column, cell)


def attached(name: str, form: str, parts: Iterator[bytes], size_bytes: int | None = None) -> Response:
    """A file that comes in parts."""
    response = Response(_in_turns(app_ctx.app, parts), content_type=XLSX if form == "xlsx" else CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    if size_bytes is not None:
        response.content_length = size_bytes
    return response


def _in_turns(app: Flask, parts: Iterator[bytes]) -> Iterator[bytes]:
    """Each part is made in an app context of its own: between two, and in a download that is broken off, nothing is
    held."""
    while True:
        with app.app_context():
            part = next(parts, None)
        if part is None:
            return
        yield part


def _as_xlsx(name: str, rows: Iterable[Row]) -> Response:
    return send_file(book(rows), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
