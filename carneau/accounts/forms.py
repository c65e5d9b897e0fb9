from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import EmailField, Field, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from carneau.accounts import passwords
from carneau.web.forms import SessionForm, an_address, one_line, without_blanks_around


def email_field(hint: str = "") -> EmailField:
    return EmailField(
        lazy_gettext("Your e-mail address"),
        description=hint,
        filters=[without_blanks_around],
        validators=[DataRequired(lazy_gettext("Please give us your e-mail address.")), one_line, an_address],
        render_kw={"autocomplete": "email", "inputmode": "email", "maxlength": 254},
    )


def name_field() -> StringField:
    return StringField(
        lazy_gettext("Your name"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please tell us your name.")),
            Length(max=200, message=lazy_gettext("Please shorten your name to at most 200 letters.")),
            one_line,
        ],
        render_kw={"autocomplete": "name", "maxlength": 200},
    )


def password_field(label: str) -> PasswordField:
    return PasswordField(
        label,
        validators=[
            DataRequired(lazy_gettext("Please enter your password.")),
            Length(max=passwords.LONGEST, message=lazy_gettext("A password has at most 200 letters.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )


def new_password_field(label: str) -> PasswordField:
    return PasswordField(
        label,
        description=lazy_gettext("At least 10 letters. Three or four words that nobody would guess are easy to keep."),
        validators=[
            DataRequired(lazy_gettext("Please choose a password.")),
            Length(min=passwords.SHORTEST, message=lazy_gettext("Please choose a password of at least 10 letters.")),
            Length(max=passwords.LONGEST, message=lazy_gettext("Please choose a password of at most 200 letters.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )


class AddressForm(SessionForm):
    """All that registering, a link to log in and a new password ask for."""

    email = email_field()
    next = HiddenField(validators=[Optional()])


class LoginForm(SessionForm):
    email = email_field()
    password = password_field(lazy_gettext("Your password"))
    next = HiddenField(validators=[Optional()])


class _Guarded(SessionForm):
    """`email` is whose new password it is: it must not be the address itself."""

    email: str

    def not_guessable(self, field: Field) -> None:
        if passwords.is_guessable(field.data, self.email):
            raise ValidationError(_("This password is among the first that anyone would try. Please choose another."))


class RegistrationForm(_Guarded):
    name = name_field()
    password = new_password_field(lazy_gettext("Choose a password"))

    def validate_password(self, field: Field) -> None:
        self.not_guessable(field)


class NewPasswordForm(_Guarded):
    password = new_password_field(lazy_gettext("Your new password"))

    def validate_password(self, field: Field) -> None:
        self.not_guessable(field)


class ChangePasswordForm(_Guarded):
    current = password_field(lazy_gettext("Your password now"))
    password = new_password_field(lazy_gettext("Your new password"))

    def validate_password(self, field: Field) -> None:
        self.not_guessable(field)


class ChangeAddressForm(SessionForm):
    email = email_field(lazy_gettext("We write to it; it counts once you have opened the link in that mail."))
    current = password_field(lazy_gettext("Your password"))


class CodeForm(SessionForm):
    code = StringField(
        lazy_gettext("The code of your app"),
        filters=[without_blanks_around],
        validators=[
            DataRequired(lazy_gettext("Please enter the code.")),
            Length(max=40, message=lazy_gettext("A code is shorter.")),
        ],
        render_kw={"autocomplete": "one-time-code", "maxlength": 40, "spellcheck": "false"},
    )


class ConfirmForm(SessionForm):
    current = password_field(lazy_gettext("Your password"))


class NameForm(SessionForm):
    name = name_field()
