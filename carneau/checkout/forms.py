from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from carneau.web.forms import Form, one_line

LONGEST_NAME = 200


def without_blanks_around(text: str | None) -> str | None:
    """Only blanks: a line break at the end is refused like any other, not tidied away."""
    return text.strip(" ") if text else text


def an_address(_form: Form, field: EmailField) -> None:
    """Whether the address exists is found out by writing to it; an international domain becomes the one mail uses."""
    try:
        field.data = validate_email(
            field.data, check_deliverability=False, allow_smtputf8=False, strict=True
        ).ascii_email
    except EmailNotValidError as error:
        raise ValidationError(_("We cannot write to this address. It should look like name@example.org.")) from error


class BuyerForm(Form):
    name = StringField(
        lazy_gettext("Your name"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please tell us your name; it is printed on the tickets.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("Please shorten your name to at most 200 letters.")),
            one_line,
        ],
    )
    email = EmailField(
        lazy_gettext("Your e-mail address"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please give us your e-mail address; your tickets go there.")),
            one_line,
            an_address,
        ],
    )
