from typing import Any, Self

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField
from wtforms.validators import ValidationError

from carneau.core.errors import Invalid

LARGEST_QUANTITY = 100


class Form(FlaskForm):
    """Base of all forms. `require()` raises Invalid; a view that shows the form again asks `validate()`."""

    class Meta(FlaskForm.Meta):
        csrf = False

    @classmethod
    def of_request(cls, **kwargs: Any) -> Self:
        return cls(request.form, **kwargs)

    def require(self) -> Self:
        if not self.validate():
            sentences = [sentence for errors in self.errors.values() for sentence in errors]
            raise Invalid(" ".join(str(sentence) for sentence in sentences), errors=self.errors)
        return self


class Quantity(IntegerField):
    """A whole number in ASCII digits, 1 to 100, sent once. `+1`, ` 1 `, `1.5`, `١` and two values are refused."""

    smallest = 1

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if len(valuelist) == 1 else ""
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise ValueError(
                _(
                    "Please choose a number of tickets from %(least)s to %(most)s.",
                    least=self.smallest,
                    most=LARGEST_QUANTITY,
                )
            )
        self.data = int(text)

    def pre_validate(self, form: Any) -> None:
        if self.data is None or not self.smallest <= self.data <= LARGEST_QUANTITY:
            raise ValidationError(
                _(
                    "Please choose a number of tickets from %(least)s to %(most)s.",
                    least=self.smallest,
                    most=LARGEST_QUANTITY,
                )
            )


class QuantityOrNone(Quantity):
    """As Quantity, and 0 means: remove."""

    smallest = 0


def one_line(_form: Any, field: Field) -> None:
    """A validator: no control characters. A line break in a name or an address would end a mail header."""
    if field.data and any(ord(character) < 32 or ord(character) == 127 for character in field.data):
        raise ValidationError(_("Please write this on one line."))
