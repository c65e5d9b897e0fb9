from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from carneau.admissions import queries as admissions
from carneau.catalogue import guards, wording
from carneau.catalogue import queries as catalogue
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock
from carneau.core.db import transaction
from carneau.core.money import Money
from carneau.inventory import availability
from carneau.inventory.availability import Availability
from carneau.manage import charts
from carneau.manage.wording import hidden, not_published
from carneau.organisations.models import OrganisationMember, Role
from carneau.payments import comparing, inquiring, stock, takings
from carneau.tickets import search
from carneau.web import render
from carneau.web.forms import PressForm

bp = Blueprint("manage_sales", __name__, url_prefix="/manage/events/<slug>")
NEWEST = 5
READERS = (Role.OWNER, Role.MANAGER, Role.FINANCE)


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket type with its places, what it took, and whether it can be bought: in the words that buyers read."""

    ticket_type: TicketType
    places: Availability
    gross_minor: int
    sentence: str
    parts: list[charts.Part]


@bp.get("")
@guards.for_event(*READERS)
def show(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    taken = takings.of(event)
    days = taken.by_day()
    return render.page(
        "manage/sales.html",
        blocks=("figures",),
        event=event,
        membership=membership,
        rows=_rows(event, taken),
        taken=taken,
        days=days,
        bars=charts.columns({day: sold for day, (sold, _minor) in days.items()}),
        let_in=admissions.count_let_in(event),
        newest=search.newest_purchases(event, NEWEST),
        at=clock.now(),
    )


@bp.get("/stock")
@guards.for_event(*READERS)
def stock_show(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    return render.page(
        "manage/stock.html",
        blocks=("money",),
        event=event,
        membership=membership,
        places=stock.places_of(event),
        owed=Money(stock.owed_minor(event), event.currency),
        compared=comparing.of_event(event),
        form=PressForm(formdata=None),
    )


@bp.post("/stock/inquiries")
@guards.for_event(*READERS)
def inquiries_create(event: Event, membership: OrganisationMember) -> ResponseReturnValue:
    PressForm.of_request().require()
    with transaction():
        inquiring.begin(event, membership.user)
    return render.see_other(f"{request.path.removesuffix('/inquiries')}#money")


def _rows(event: Event, taken: takings.Takings) -> list[Row]:
    types = catalogue.ticket_types_of(event)
    places, now = availability.of([each.id for each in types]) if types else {}, clock.now()
    rows = []
    for each in types:
        here = places[each.id]
        is_draft = event.status is EventStatus.DRAFT
        sentence = not_published() if is_draft else wording.of(each, event, here, now).sentence
        if each.is_hidden:
            sentence = f"{hidden()} {sentence}"
        lengths = charts.parts([("sold", here.sold), ("held", here.held), ("left", here.remaining)])
        rows.append(Row(each, here, taken.of_type(each.id)[1], sentence, lengths))
    return rows
