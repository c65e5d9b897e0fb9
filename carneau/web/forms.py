import re
from typing import Any, Self
from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import EmailField, Field, FileField, IntegerField
from wtforms.validators import ValidationError

from carneau.core.errors import Invalid

LARGEST_QUANTITY = 100
# Controls (Cc) and separators of lines and paragraphs (Zl, Zp); then what turns the direction of writing.
BREAKING_OR_TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Form(FlaskForm):
    """Base of all forms. `require()` raises Invalid; a view that shows the form again asks `validate()`."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """The library would read JSON too, which has not been looked through for what cannot be kept, and give a
            field for text the file that somebody sent under its name."""
            given = super().wrap_formdata(form, request.form if request.is_json else formdata)
            if not isinstance(given, CombinedMultiDict):
                return given
            files = [(name, file) for name, file in request.files.items(multi=True) if _takes_file(form, name)]
            return CombinedMultiDict([MultiDict(files), request.form])

    @classmethod
    def of_request(cls, **kwargs: Any) -> Self:
        return cls(request.form, **kwargs)

    def require(self) -> Self:
        if not self.validate():
            sentences = [sentence for errors in self.errors.values() for sentence in errors]
            raise Invalid(" ".join(str(sentence) for sentence in sentences), errors=self.errors)
        return self


def _takes_file(form: Any, name: str) -> bool:
    return name in form and isinstance(form[name], FileField)


class _Token(FlaskForm.Meta.csrf_class):
    def validate_csrf_token(self, form: Any, field: Field) -> None:
        try:
            super().validate_csrf_token(form, field)
        except ValidationError as error:
            sentence = _("This page was open for too long, or its cookie is missing. Please send the form once more.")
            raise ValidationError(sentence) from error


class SessionForm(Form):
    """Base of the forms that change what belongs to a session. Beside the check of the request's origin they carry a
    token of the session; `components/session_form.html` puts it in."""

    class Meta(Form.Meta):
        csrf = True
        csrf_class = _Token


class PressForm(SessionForm):
    """A button that only asks for the session's token."""


def refuse(field: Field, *sentences: str) -> None:
    """For what only the rows can tell: said at the field, as its validators would."""
    field.errors = list(sentences)


def whole_number(texts: list[str], smallest: int) -> int:
    """In ASCII digits, up to 100, sent once: `+1`, ` 1 `, `1.5`, `١` and two values are refused. Raises ValueError with
    the sentence for the buyer."""
    text = texts[0] if len(texts) == 1 else ""
    if text.isascii() and text.isdigit() and len(text) <= 3 and smallest <= int(text) <= LARGEST_QUANTITY:
        return int(text)
    sentence = _("Please choose a number of tickets from %(least)s to %(most)s.", least=smallest, most=LARGEST_QUANTITY)
    raise ValueError(sentence)


class Quantity(IntegerField):
    """As `whole_number`, from 1."""

    smallest = 1

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = whole_number(valuelist, self.smallest)


class QuantityOrNone(Quantity):
    """As Quantity, and 0 means: remove."""

    smallest = 0


def one_line(_form: Any, field: Field) -> None:
    """A validator: no control characters. A line break in a name or an address would end a mail header, and what turns
    the direction of writing would turn the rest of a guest list with it."""
    if field.data and is_of_several_lines(field.data):
        raise ValidationError(_("Please write this on one line."))


def is_of_several_lines(text: str) -> bool:
    return BREAKING_OR_TURNING.search(text) is not None


def visible(_form: Any, field: Field) -> None:
    """A validator: something to be seen, not only blanks and joiners."""
    if field.data and not is_visible(field.data):
        raise ValidationError(_("Please write something that can be read."))


def is_visible(text: str) -> bool:
    return any(category(each)[0] in "LNPS" for each in text)


def without_blanks_around(text: str | None) -> str | None:
    """Only blanks: a line break at the end is refused like any other, not tidied away."""
    return text.strip(" ") if text else text


def an_address(_form: Any, field: EmailField) -> None:
    """Whether the address exists is found out by writing to it; an international domain becomes the one mail uses."""
    field.data = address_of(field.data)


def address_of(typed: str) -> str:
    """Raises ValidationError."""
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise ValidationError(_("We cannot write to this address. It should look like name@example.org.")) from error
    return str(found.ascii_email)
