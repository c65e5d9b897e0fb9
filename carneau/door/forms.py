from flask_babel import lazy_gettext
from wtforms import FileField, StringField
from wtforms.validators import DataRequired, Length

from carneau.admissions.devices import LONGEST_NAME
from carneau.web.forms import Form, SessionForm, one_line, visible, without_blanks_around


def name_field() -> StringField:
    return StringField(
        lazy_gettext("A name for this phone"),
        description=lazy_gettext("As “Lea, north gate”: it stands beside everything that is scanned with it."),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please give this phone a name.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("Please shorten the name to at most 60 letters.")),
            one_line,
            visible,
        ],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off", "autofocus": True},
    )


class PhoneForm(Form):
    """Of a stranger's phone, which has no session: the link is what lets it in."""

    name = name_field()


class MemberPhoneForm(SessionForm):
    name = name_field()


class PhotoForm(Form):
    photo = FileField()
