from flask_babel import lazy_gettext
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from carneau.web.forms import Form, an_address, one_line, visible, without_blanks_around

LONGEST_NAME = 200


class BuyerForm(Form):
    shown = HiddenField()
    name = StringField(
        lazy_gettext("Your name"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please tell us your name; it is printed on the tickets.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("Please shorten your name to at most 200 letters.")),
            one_line,
            visible,
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

    def given(self) -> dict[str, str]:
        return {"name": self.name.data, "email": self.email.data, "shown": self.shown.data or ""}
