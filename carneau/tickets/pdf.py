"""The printed ticket: one A4 page each, black on white with a stripe of the event's colour."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_babel import get_locale
from flask_babel import gettext as _

from carneau.catalogue import bucket, images, storage
from carneau.catalogue.models import Event, EventImage
from carneau.core.errors import NotFound
from carneau.tickets import calendar, qr
from carneau.tickets.models import Ticket
from carneau.web import filters, qr_drawing

if TYPE_CHECKING:
    from carneau.tickets.typesetting import Sheet

LEFT, TOP, WIDTH, HEIGHT = 15.0, 15.0, 180.0, 92.0
STUB = 64.0
BITE = 4.0
PADDING = 9.0
POSTER = 88.0
QR_SIDE = 50.0


def draw(tickets: list[Ticket], posters: Mapping[int, EventImage]) -> bytes:
    """Every ticket of one purchase, in the order given; `posters` by event id."""
    sheet = _sheet()
    sheet.set_title(tickets[0].event.title)
    sheet.set_lang(str(get_locale()))
    for number, ticket in enumerate(tickets, 1):
        sheet.add_page()
        _shape(sheet, ticket.event)
        _face(sheet, ticket)
        _stub(sheet, ticket)
        top = TOP + HEIGHT + 12
        below = _poster(sheet, posters.get(ticket.event_id), top)
        _advice(sheet, ticket, (number, len(tickets)), top, LEFT + (POSTER + 10 if below else 0))
    return bytes(sheet.output())


def _sheet() -> "Sheet":
    """fpdf2 and the font tools under it are 28 MB: a process that never prints does not load them."""
    from carneau.tickets.typesetting import Sheet  # noqa: PLC0415  as the docstring says

    return Sheet()


def _shape(sheet: "Sheet", event: Event) -> None:
    """The outline, the stripe, and the perforation with a bite at each end."""
    tear = LEFT + WIDTH - STUB
    sheet.set_draw_color(120)
    sheet.set_line_width(0.3)
    sheet.rect(LEFT, TOP, WIDTH, HEIGHT)
    sheet.set_fill_color(*_accent(event))
    sheet.rect(LEFT, TOP, 3.5, HEIGHT, style="F")
    sheet.set_dash_pattern(1, 1.4)
    sheet.line(tear, TOP + BITE, tear, TOP + HEIGHT - BITE)
    sheet.set_dash_pattern()
    sheet.set_fill_color(255)
    for y, start in ((TOP, 0), (TOP + HEIGHT, 180)):
        sheet.set_draw_color(255)
        sheet.line(tear - BITE, y, tear + BITE, y)
        sheet.set_draw_color(120)
        sheet.arc(tear - BITE, y - BITE, 2 * BITE, start, start + 180, 2 * BITE)


def _face(sheet: "Sheet", ticket: Ticket) -> None:
    event, x, width = ticket.event, LEFT + 3.5 + PADDING, WIDTH - STUB - 3.5 - 2 * PADDING
    y = _title(sheet, event.title, (x, TOP + 8, width))
    y = sheet.text_block((x, y + 3, width), filters.day(event.starts_at, event.time_zone), "strong", (11.5, 8), 1)
    y = sheet.text_block((x, y + 0.5, width), calendar.times(event), "sans", (10.5, 8), 1)
    sheet.text_block((x, y + 0.5, width), calendar.place(event), "sans", (10.5, 8), 2)
    y = TOP + HEIGHT - 25
    sheet.set_draw_color(200)
    sheet.line(x, y, x + width, y)
    sheet.set_text_color(*_accent(event))
    y = sheet.text_block((x, y + 3.5, width), ticket.ticket_type.name, "serif", (20, 11), 1)
    sheet.set_text_color(0)
    sheet.text_block((x, y + 1, width), ticket.holder_name, "sans", (12, 7), 1)


def _title(sheet: "Sheet", title: str, at: tuple[float, float, float]) -> float:
    """On one line if a smaller size makes that possible: no last word stands alone."""
    sheet.use("serif", 20, title)
    if sheet.get_string_width(title) <= at[2]:
        return sheet.text_block(at, title, "serif", (27, 20), 1)
    return sheet.text_block(at, title, "serif", (27, 13), 3)


def _accent(event: Event) -> tuple[int, int, int]:
    """Its shade for light paper, which passes contrast on white too."""
    red, green, blue = bytes.fromhex(event.accent_light.lstrip("#"))
    return red, green, blue


def _stub(sheet: "Sheet", ticket: Ticket) -> None:
    x = LEFT + WIDTH - STUB + (STUB - QR_SIDE) / 2
    y = TOP + 9
    strokes = qr_drawing.runs(qr.url(ticket))
    module = QR_SIDE / max(start + length for start, _y, length in strokes)
    sheet.set_fill_color(0)
    for start, row, length in strokes:
        sheet.rect(x + start * module, y + row * module, length * module, module, style="F")
    sheet.link(x, y, QR_SIDE, QR_SIDE, qr.url(ticket))
    y = sheet.text_block((x, y + QR_SIDE + 5, QR_SIDE), ticket.ref, "mono", (16, 10))
    sheet.text_block((x, y + 1, QR_SIDE), _("Admits one"), "sans", (9.5, 8))


def _poster(sheet: "Sheet", image: EventImage | None, top: float) -> bool:
    if image is None:
        return False
    width = min(640, max(images.widths_of(image)))
    try:
        path = storage.path_of(f"{image.key}-{width}.jpg")
    except (NotFound, bucket.Away):
        return False
    sheet.image(
        path, LEFT, top, POSTER, min(POSTER * image.height / image.width, 297 - top - 15), keep_aspect_ratio=True
    )
    return True


def _advice(sheet: "Sheet", ticket: Ticket, place: tuple[int, int], top: float, x: float) -> None:
    event, width = ticket.event, LEFT + WIDTH - x
    y = sheet.text_block((x, top, width), _("At the door"), "serif", (16, 16))
    for sentence in (
        _("Show this code on paper or on your phone. It lets one person in, once: keep it to yourself."),
        _("Any phone's camera opens it and shows whether it is still valid."),
    ):
        y = sheet.text_block((x, y + 2, width), sentence, "sans", (10.5, 8), 4)
    bought = _("Purchase"), _("%(ref)s, ticket %(n)s of %(count)s", ref=ticket.purchase.ref, n=place[0], count=place[1])
    facts = (
        (_("Ticket"), ticket.ref) if ticket.holder_email else bought,
        (_("Sold by"), event.organisation.name),
        (_("Questions"), event.organisation.email),
    )
    y += 3
    for name, value in facts:
        sheet.set_text_color(95)
        y = sheet.text_block((x, y + 3, width), name, "sans", (8, 8))
        sheet.set_text_color(0)
        y = sheet.text_block((x, y, width), value, "sans", (10.5, 7), 2)
