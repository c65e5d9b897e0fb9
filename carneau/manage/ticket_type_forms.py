from typing import Any, cast

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field

from carneau.catalogue.facts import TicketTypeFacts
from carneau.catalogue.models import Event, TicketType
from carneau.manage import reading
from carneau.manage.event_forms import figures, line, moment
from carneau.manage.meanwhile import VersionedForm
from carneau.manage.reading import Reader


class TicketTypeForm(VersionedForm):
    """Texts as they were typed; `facts` reads them."""

    name = line(lazy_gettext("Name"), lazy_gettext("As Standing, Balcony or Reduced."), "name")
    price = figures(lazy_gettext("Price"), lazy_gettext("What is charged for one; 0 for free."))
    total_quantity = figures(lazy_gettext("Number of places"), inputmode="numeric")
    description = line(lazy_gettext("Note"), lazy_gettext("One line under the name. May be left empty."), maxlength=400)
    on_sale_from = moment(lazy_gettext("On sale from"), lazy_gettext("Empty: as soon as the event is published."))
    on_sale_until = moment(lazy_gettext("On sale until"), lazy_gettext("Empty: until the event ends."))
    min_per_order = figures(lazy_gettext("At least per order"), inputmode="numeric")
    max_per_order = figures(lazy_gettext("At most per order"), inputmode="numeric")
    is_hidden = BooleanField(
        lazy_gettext("Hidden"), description=lazy_gettext("Only who opens its own link sees and buys it.")
    )
    is_extra = BooleanField(
        lazy_gettext("An extra"),
        description=lazy_gettext(
            "As parking or a locker, beside a ticket that lets one in: lists show price and places without it."
        ),
    )

    @property
    def rare(self) -> list[Field]:
        return [
            field for field in self if field.name not in ("name", "price", "total_quantity", "csrf_token", "version")
        ]

    def facts(self, event: Event, ticket_type: TicketType | None = None) -> TicketTypeFacts:
        """Raises Invalid with every sentence at its field; `ticket_type` is what is being edited."""
        reader, was = Reader(), ticket_type
        begins = reader.read(self.on_sale_from, reading.moment_or_none, event.zone, was and was.on_sale_from)
        ends = reader.read(self.on_sale_until, reading.moment_or_none, event.zone, was and was.on_sale_until)
        values = {
            "name": reader.read(self.name, reading.text),
            "price_minor": reader.read(self.price, reading.amount, event.currency),
            "total_quantity": reader.read(self.total_quantity, reading.whole),
            "description": reader.read(self.description, reading.text),
            "on_sale_from": begins,
            "on_sale_until": ends,
            "min_per_order": reader.read(self.min_per_order, reading.whole),
            "max_per_order": reader.read(self.max_per_order, reading.whole),
            "is_hidden": bool(self.is_hidden.data),
            "is_extra": bool(self.is_extra.data),
        }
        return cast(TicketTypeFacts, reader.checked(values))


def of_type(ticket_type: TicketType, event: Event) -> dict[str, Any]:
    """What the form shows of a ticket type."""
    return {
        "name": ticket_type.name,
        "price": reading.written_amount(ticket_type.price_minor, ticket_type.currency),
        "total_quantity": str(ticket_type.total_quantity),
        "description": ticket_type.description,
        "on_sale_from": reading.written_moment(ticket_type.on_sale_from, event.zone),
        "on_sale_until": reading.written_moment(ticket_type.on_sale_until, event.zone),
        "min_per_order": str(ticket_type.min_per_order),
        "max_per_order": str(ticket_type.max_per_order),
        "is_hidden": ticket_type.is_hidden,
        "is_extra": ticket_type.is_extra,
    }
