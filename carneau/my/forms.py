from flask_babel import lazy_gettext
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from carneau.web.forms import SessionForm, an_address, one_line, without_blanks_around


class HolderForm(SessionForm):
    name = StringField(
        lazy_gettext("Their name"),
        description=lazy_gettext("As it shall stand on the ticket."),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please tell us the name of who gets the ticket.")),
            Length(max=200, message=lazy_gettext("Please shorten the name to at most 200 letters.")),
            one_line,
        ],
        render_kw={"autocomplete": "off", "maxlength": 200},
    )
    email = EmailField(
        lazy_gettext("Their e-mail address"),
        description=lazy_gettext("We send the ticket there. Please read it twice: there is no way back."),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please tell us where to send the ticket.")),
            one_line,
            an_address,
        ],
        render_kw={"autocomplete": "off", "inputmode": "email", "maxlength": 254},
    )


class ConfirmForm(SessionForm):
    current = PasswordField(
        lazy_gettext("Your password"),
        validators=[
            DataRequired(lazy_gettext("Please enter your password.")),
            Length(max=200, message=lazy_gettext("A password has at most 200 letters.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
