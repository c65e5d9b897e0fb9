from flask import request
from flask_babel import gettext as _
from wtforms import StringField

from carneau.core.errors import Invalid
from carneau.web.forms import Form, QuantityOrNone

PREFIX = "quantity-"
MOST_TYPES = 30


class LineForm(Form):
    """One line's number; 0 removes it."""

    quantity = QuantityOrNone()


class Number(QuantityOrNone):
    """A field left empty among others means none of that type."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(["0"] if valuelist == [""] else valuelist)


class LinesForm(Form):
    """`quantity-<public id>` for each type; `instead` says that the cart is to be emptied for these."""

    instead = StringField()

    def chosen(self) -> list[tuple[str, int]]:
        """(public id, quantity) of what was asked for, at least one."""
        numbers = [(field.name.removeprefix(PREFIX), field.data) for field in self if field.name.startswith(PREFIX)]
        chosen = [(public_id, quantity) for public_id, quantity in numbers if quantity]
        if not chosen:
            raise Invalid(_("Please choose at least one ticket."))
        return chosen

    @property
    def is_instead(self) -> bool:
        return bool(self.instead.data == "yes")


def lines_form() -> LinesForm:
    names = [name for name in request.form if name.startswith(PREFIX)]
    if len(names) > MOST_TYPES:
        raise Invalid(_("Please choose fewer kinds of tickets at a time."))
    asked: type[LinesForm] = type("AskedForm", (LinesForm,), {name: Number() for name in names})
    return asked.of_request().require()
