from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from carneau.core.errors import Invalid
from carneau.web.forms import Form, QuantityOrNone, whole_number

PREFIX = "quantity-"
MOST_TYPES = 30


class LineForm(Form):
    """One line's number; 0 removes it."""

    quantity = QuantityOrNone()


@dataclass(frozen=True, slots=True)
class Asked:
    """`chosen` are (public id, quantity), at least one; `is_instead` says that the cart is to be emptied for these."""

    chosen: list[tuple[str, int]]
    is_instead: bool


def asked() -> Asked:
    """`quantity-<public id>` for each type; left empty among others it means none of that type."""
    fields = {name: texts for name, texts in request.form.lists() if name.startswith(PREFIX)}
    if len(fields) > MOST_TYPES:
        raise Invalid(_("Please choose fewer kinds of tickets at a time."))
    numbers, errors = {}, {}
    for name, texts in fields.items():
        try:
            numbers[name.removeprefix(PREFIX)] = 0 if texts == [""] else whole_number(texts, 0)
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise Invalid(" ".join(sentence for [sentence] in errors.values()), errors)
    chosen = [(public_id, quantity) for public_id, quantity in numbers.items() if quantity]
    if not chosen:
        raise Invalid(_("Please choose at least one ticket."))
    return Asked(chosen, request.form.getlist("instead") == ["yes"])
