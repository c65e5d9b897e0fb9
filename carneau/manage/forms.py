"""Fields that several pages of organisers ask for."""

from flask_babel import lazy_gettext
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, Length

from carneau.web.forms import an_address, one_line, without_blanks_around


def email_field(label: str, hint: str = "") -> EmailField:
    return EmailField(
        label,
        description=hint,
        filters=[without_blanks_around],
        validators=[DataRequired(lazy_gettext("Please enter an e-mail address.")), one_line, an_address],
        render_kw={"inputmode": "email", "maxlength": 254, "autocomplete": "off"},
    )


def line_field(label: str, missing: str, longest: int = 200, hint: str = "") -> StringField:
    return StringField(
        label,
        description=hint,
        filters=[without_blanks_around],
        validators=[
            DataRequired(missing),
            Length(max=longest, message=lazy_gettext("Please shorten this: it is too long.")),
            one_line,
        ],
        render_kw={"maxlength": longest},
    )
