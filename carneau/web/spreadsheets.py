"""Tables for spreadsheets, in constant memory however long they are, and safe to open: no cell becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from flask import Flask, Response, current_app, send_file

Cell = str | int | Decimal | date | None
Row = Sequence[Cell]

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
ROWS_AT_ONCE = 500
LARGEST_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(name: str, form: str, rows: Iterable[Row]) -> Response:
    """`form` is `csv` or `xlsx`; the first row is the head."""
    return _as_xlsx(name, rows) if form == "xlsx" else _as_csv(name, rows)


def defused(text: str) -> str:
    """A spreadsheet would run what begins like a formula; an apostrophe makes it text."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """CSV, many rows at a time. It begins with a mark by which spreadsheets know that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for number, row in enumerate(rows, 1):
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def book(rows: Iterable[Row]) -> IO[bytes]:
    """XLSX in a temporary file that vanishes when it is closed. Text is written as text, whatever it begins with."""
    file = TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        days = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
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


def _as_csv(name: str, rows: Iterable[Row]) -> Response:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    response = Response(_in_turns(app, lines(rows)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _in_turns(app: Flask, parts: Iterator[str]) -> Iterator[str]:
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
