from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

FONTS = Path(__file__).with_name("fonts")
FACES = {
    "serif": ("Times", "B", "DejaVuSerifCondensed-Bold.ttf"),
    "sans": ("Helvetica", "", "DejaVuSansCondensed.ttf"),
    "strong": ("Helvetica", "B", "DejaVuSansCondensed.ttf"),
    "mono": ("Courier", "B", "DejaVuSansCondensed.ttf"),
}
POINT_MM = 25.4 / 72
ENCODING = "windows-1252"


class Sheet(FPDF):
    """Sets lines of text in millimetres. A text that the reader's own fonts can write uses those (a tenth of the time
    and size); another brings the letters it needs; what no font here has is drawn as an empty box, never an error."""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.core_fonts_encoding = ENCODING
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0

    def text_block(
        self, at: tuple[float, float, float], text: str, face: str, sizes: tuple[float, float], most_lines: int = 1
    ) -> float:
        """Writes at (x, y, width) in the largest of the sizes (points, from large to small) at which the text takes no
        more than `most_lines`; at the smallest the rest is cut, with an ellipsis. Returns the y below it."""
        x, y, width = at
        text = " ".join(text.split())
        size, smallest = sizes
        lines = self._broken(text, face, size, width)
        while len(lines) > most_lines and size > smallest:
            size = max(smallest, size - 1)
            lines = self._broken(text, face, size, width)
        if len(lines) > most_lines:
            lines = [*lines[: most_lines - 1], self._cut(lines[most_lines - 1], width)]
        height = size * POINT_MM * 1.18
        for line in lines:
            self.set_xy(x, y)
            self.cell(width, height, line.rstrip())
            y += height
        return y

    # fpdf2 hands lines in a built-in font back as the bytes of its encoding, and would encode them again.
    def _broken(self, text: str, face: str, size: float, width: float) -> list[str]:
        self.use(face, size, text)
        if self.get_string_width(text) <= width:
            return [text]
        lines = self.multi_cell(width, text=text, dry_run=True, output=MethodReturnValue.LINES, align="L")
        if self.is_ttf_font:
            return cast("list[str]", lines)
        return [line.encode("latin-1").decode(ENCODING) for line in cast("list[str]", lines)]

    def _cut(self, line: str, width: float) -> str:
        while line and self.get_string_width(line + "…") > width:
            line = line[:-1]
        return line.rstrip() + "…"

    def use(self, face: str, size: float, text: str) -> None:
        family, style, file = FACES[face]
        if not _is_western(text):
            family, style = self._embedded(file), ""
        self.set_font(family, style, size)

    def _embedded(self, file: str) -> str:
        for name in {file, FACES["sans"][2]}:
            family = name.removesuffix(".ttf").lower()
            if family not in self.fonts:
                self.add_font(family, "", FONTS / name)
        self.set_fallback_fonts([FACES["sans"][2].removesuffix(".ttf").lower()])
        return file.removesuffix(".ttf").lower()


def _is_western(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
