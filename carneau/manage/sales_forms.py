"""What the pages of purchases, attendees and the box office ask for."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, EmailField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp, ValidationError

from carneau.catalogue.models import TicketType
from carneau.core.money import Money, minor_of
from carneau.fulfilment.box_office import REFERENCE
from carneau.payments import refunding
from carneau.purchases.models import Purchase, PurchaseLine
from carneau.web import filters
from carneau.web.forms import QuantityOrNone, SessionForm, an_address, one_line, without_blanks_around

STALE = lazy_gettext("This page is not whole any more. Please open it once more.")


class Count(QuantityOrNone):
    """As QuantityOrNone, and nothing typed is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist if any(valuelist) else ["0"])


def name_of_a_guest() -> StringField:
    return StringField(
        lazy_gettext("Name"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please enter a name.")),
            Length(max=200, message=lazy_gettext("Please shorten the name to at most 200 letters.")),
            one_line,
        ],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )


def address(label: str, *validators: Any) -> EmailField:
    return EmailField(
        label,
        filters=[without_blanks_around],
        validators=[*validators, one_line, an_address],
        render_kw={"maxlength": 254, "autocomplete": "off", "inputmode": "email"},
    )


def back_on_sale() -> BooleanField:
    return BooleanField(lazy_gettext("Put the places back on sale"), default=True)


class ResendForm(SessionForm):
    email = address(lazy_gettext("Send the tickets to"), DataRequired(lazy_gettext("Please enter an address.")))


class HolderForm(SessionForm):
    name = name_of_a_guest()


class InvalidationForm(SessionForm):
    back_on_sale = back_on_sale()


class RefundForm(SessionForm):
    """`of_purchase` adds a number field for each line of the purchase, as `line_0`."""

    purchase: Purchase

    kind = RadioField(
        lazy_gettext("What goes back"),
        choices=[
            SelectChoice("all", lazy_gettext("Everything that is left: all money and all tickets")),
            SelectChoice("tickets", lazy_gettext("Some tickets, with what was paid for them")),
            SelectChoice("amount", lazy_gettext("An amount of money; the tickets stay valid")),
        ],
        validators=[DataRequired(lazy_gettext("Please choose what goes back."))],
    )
    amount = StringField(lazy_gettext("Amount"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    back_on_sale = back_on_sale()
    seen = HiddenField()

    @classmethod
    def of_purchase(cls, purchase: Purchase) -> type["RefundForm"]:
        fields = {f"line_{number}": _line_field(line) for number, line in enumerate(purchase.lines)}
        return type("RefundFormOfLines", (cls,), {**fields, "purchase": purchase})

    @property
    def line_fields(self) -> list[Field]:
        return [self[f"line_{number}"] for number in range(len(self.purchase.lines))]

    @property
    def amount_minor(self) -> int:
        return minor_of(self.amount.data or "", self.purchase.currency) or 0

    def wanted(self) -> dict[int, int]:
        return {line.id: field.data or 0 for line, field in zip(self.purchase.lines, self.line_fields, strict=True)}

    def validate_kind(self, field: Field) -> None:
        if field.data == "tickets":
            if not any(self.wanted().values()):
                raise ValidationError(_("Please choose at least one ticket."))
            self._require_left(refunding.value_of(self.purchase, self.wanted()))

    def validate_amount(self, _field: Field) -> None:
        if self.kind.data == "amount":
            if not self.amount_minor:
                raise ValidationError(_("Please enter an amount above zero, as 24.50."))
            self._require_left(self.amount_minor)

    def _require_left(self, amount_minor: int) -> None:
        left = Money(refunding.left_of(self.purchase), self.purchase.currency)
        if amount_minor > left.minor:
            raise ValidationError(_("Only %(left)s of it can still be refunded.", left=filters.money(left)))


def _line_field(line: PurchaseLine) -> Count:
    left = line.quantity - line.refunded_quantity
    return Count(
        f"{line.event_title}: {line.ticket_type_name}",
        description=_("Of %(left)s that are left.", left=left),
        validators=[NumberRange(0, left, message=_("Please choose a number from 0 to %(left)s.", left=left))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class BoxOfficeForm(SessionForm):
    """`of_types` adds a number field for each ticket type, as `type_0`. `ref` is the purchase's from the start: the
    same form sent twice is one sale."""

    types: Sequence[TicketType] = ()

    channel = RadioField(
        lazy_gettext("How it is paid"),
        choices=[
            SelectChoice("cash", lazy_gettext("Cash")),
            SelectChoice("elsewhere", lazy_gettext("Paid elsewhere, as by invoice or card terminal")),
            SelectChoice("complimentary", lazy_gettext("Complimentary: nothing is charged")),
        ],
        default="cash",
        validators=[DataRequired(lazy_gettext("Please choose how it is paid."))],
    )
    name = name_of_a_guest()
    email = address(lazy_gettext("E-mail address, if the tickets are to be mailed"), Optional())
    ref = HiddenField(validators=[Regexp(REFERENCE, message=STALE)])

    @classmethod
    def of_types(cls, types: Sequence[TicketType]) -> type["BoxOfficeForm"]:
        fields = {f"type_{number}": _type_field(each) for number, each in enumerate(types)}
        return type("BoxOfficeFormOfTypes", (cls,), {**fields, "types": types})

    @property
    def type_fields(self) -> list[Field]:
        return [self[f"type_{number}"] for number in range(len(self.types))]

    def wanted(self) -> dict[TicketType, int]:
        return {each: field.data or 0 for each, field in zip(self.types, self.type_fields, strict=True)}

    def validate_channel(self, _field: Field) -> None:
        if not any(self.wanted().values()):
            raise ValidationError(_("Please choose at least one ticket."))


def _type_field(ticket_type: TicketType) -> Count:
    return Count(ticket_type.name, render_kw={"inputmode": "numeric", "autocomplete": "off"})


class MessageForm(SessionForm):
    """Sent once to be shown as it will arrive, and once more, with `confirmed`, to be sent. `ref` is the message's."""

    subject = StringField(
        lazy_gettext("Subject"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please enter a subject.")),
            Length(max=200, message=lazy_gettext("Please shorten the subject to at most 200 letters.")),
            one_line,
        ],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    body = TextAreaField(
        lazy_gettext("Message"),
        validators=[
            DataRequired(lazy_gettext("Please write the message.")),
            Length(max=10_000, message=lazy_gettext("Please shorten the message to at most 10,000 letters.")),
        ],
        render_kw={"rows": 10, "maxlength": 10_000},
    )
    ref = HiddenField(validators=[Regexp(REFERENCE, message=STALE)])
    confirmed = HiddenField()

    def validate_body(self, field: Field) -> None:
        if any(each < " " and each not in "\r\n\t" for each in field.data or ""):
            raise ValidationError(_("This contains a character that cannot be sent."))
