"""A workbook made in parts, by processes that share nothing: each part is rows as the library writes them, and in the
end all of them stand in one sheet. In memory is never more than one part."""

import re
import zipfile
from collections.abc import Iterable
from datetime import date
from tempfile import TemporaryFile
from typing import IO

from carneau.web import spreadsheets
from carneau.web.spreadsheets import Row

MOST_ROWS = 1_048_576
SHEET = "xl/worksheets/sheet1.xml"
ROWS = re.compile(rb"<sheetData>(.*)</sheetData>", re.DOTALL)
# Optional, and true only of the part it was written for: programs that believe it would stop reading there.
DIMENSION = re.compile(rb"<dimension [^>]*/>")


def part(rows: Iterable[Row], first: int) -> bytes:
    """`first` is the number of the first row, counted from 0."""
    with spreadsheets.book(rows, first) as file, zipfile.ZipFile(file) as book:
        found = ROWS.search(book.read(SHEET))
    return found[1] if found else b""


def whole(parts: Iterable[bytes]) -> IO[bytes]:
    """In a temporary file that vanishes when it is closed. All but the rows is that of a book with one day in it, so
    that days have the same format in each part."""
    file = TemporaryFile()  # noqa: SIM115  whoever reads it closes it
    with spreadsheets.book([[date(2000, 1, 1)]]) as shell, zipfile.ZipFile(shell) as old:
        _rebind(old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED), parts)
    file.seek(0)
    return file


def _rebind(old: zipfile.ZipFile, new: zipfile.ZipFile, parts: Iterable[bytes]) -> None:
    with new:
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        _write_sheet(new, DIMENSION.sub(b"", old.read(SHEET)), parts)


def _write_sheet(book: zipfile.ZipFile, shell: bytes, parts: Iterable[bytes]) -> None:
    head, tail = shell.split(b"<sheetData>")[0], shell.split(b"</sheetData>")[1]
    with book.open(SHEET, "w") as sheet:
        sheet.write(head + b"<sheetData>")
        for each in parts:
            sheet.write(each)
        sheet.write(b"</sheetData>" + tail)
