from urllib.parse import quote

from flask import Blueprint, Response, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from carneau.accounts import entering, guards, links
from carneau.accounts.forms import AddressForm, LoginForm, NewPasswordForm, RegistrationForm
from carneau.accounts.guards import LoginNeeded
from carneau.accounts.limits import TooOften
from carneau.accounts.links import LinkGone, Purpose
from carneau.accounts.models import OneTimeLink, User
from carneau.accounts.second_step import HOME, enter
from carneau.web import destinations, errors, render, security
from carneau.web.forms import PressForm, refuse

bp = Blueprint("accounts", __name__)
FORMS = {Purpose.REGISTRATION: RegistrationForm, Purpose.PASSWORD: NewPasswordForm}


@bp.app_errorhandler(LoginNeeded)
def login_needed(_error: LoginNeeded) -> Response:
    if request.method != "GET":
        return render.see_other("/login")
    return render.see_other(f"/login?next={quote(request.full_path.rstrip('?'))}")


@bp.app_errorhandler(TooOften)
def too_often(error: TooOften) -> Response:
    response = errors.answer(429, _("Too many tries"), str(error))
    response.headers["Retry-After"] = str(error.seconds)
    return response


@bp.get("/register")
def accounts_new() -> ResponseReturnValue:
    if guards.find_user():
        return render.see_other(destinations.local(_next(), HOME))
    return render.page("accounts/register.html", form=AddressForm(next=_next()))


@bp.post("/register")
def accounts_create() -> ResponseReturnValue:
    return _mail_link(Purpose.REGISTRATION, "accounts/register.html")


@bp.get("/login")
def sessions_new() -> ResponseReturnValue:
    if guards.find_user():
        return render.see_other(destinations.local(_next(), HOME))
    return render.page("accounts/login.html", form=LoginForm(next=_next()))


@bp.post("/login")
def sessions_create() -> ResponseReturnValue:
    form = LoginForm.of_request()
    if not form.validate():
        return render.page("accounts/login.html", status=422, form=form)
    user = entering.with_password(form.email.data, form.password.data, guards.network())
    if user is None:
        refuse(form.password, _("This address and this password do not belong together."))
        return render.page("accounts/login.html", status=422, form=form)
    return enter(user, form.next.data)


@bp.post("/login/link")
def links_create() -> ResponseReturnValue:
    return _mail_link(Purpose.LOGIN, "accounts/login.html")


@bp.get("/password")
def passwords_new() -> ResponseReturnValue:
    return render.page("accounts/password_new.html", form=AddressForm())


@bp.post("/password")
def passwords_create() -> ResponseReturnValue:
    return _mail_link(Purpose.PASSWORD, "accounts/password_new.html")


def _mail_link(purpose: Purpose, template: str) -> Response:
    """One answer for every address, known or not."""
    form = AddressForm.of_request()
    if not form.validate():
        if purpose is Purpose.LOGIN:
            form = _as_login(form)
        return render.page(template, status=422, form=form)
    path = destinations.local(form.next.data, "")
    entering.mail_link(purpose, form.email.data, guards.network(), path)
    session["written_to"] = form.email.data
    return render.see_other("/login/mail")


def _as_login(form: AddressForm) -> LoginForm:
    """The log-in page has a second button that needs no password."""
    page = LoginForm.of_request()
    refuse(page.email, *form.email.errors)
    refuse(page.csrf_token, *form.csrf_token.errors)
    return page


@bp.get("/login/mail")
def mail_show() -> ResponseReturnValue:
    return render.page("accounts/mail_sent.html", email=session.get("written_to"))


@bp.get("/links/<secret>")
def links_show(secret: str) -> ResponseReturnValue:
    """Only looks: the form on the page is what uses the link."""
    link = links.by_secret(secret)
    return _link_page(link, secret, FORMS.get(Purpose(link.purpose), PressForm)())


@bp.post("/links/<secret>")
def links_update(secret: str) -> ResponseReturnValue:
    link = links.by_secret(secret)
    form = FORMS.get(Purpose(link.purpose), PressForm).of_request()
    form.email = link.email
    if not form.validate():
        return _link_page(link, secret, form, 422)
    return enter(_use(link, secret, form), link.next_path)


def _use(link: OneTimeLink, secret: str, form: PressForm | RegistrationForm | NewPasswordForm) -> User:
    match form:
        case RegistrationForm():
            return entering.by_registering(secret, form.name.data, form.password.data)
        case NewPasswordForm():
            return entering.with_new_password(secret, form.password.data)
    return entering.with_link(secret) if link.purpose == Purpose.LOGIN else entering.confirm_address(secret)


def _link_page(link: OneTimeLink, secret: str, form: object, status: int = 200) -> Response:
    page = render.page("accounts/link_show.html", status=status, link=link, secret=secret, form=form)
    return security.keep_secret(page)


@bp.errorhandler(LinkGone)
def link_gone(error: LinkGone) -> ResponseReturnValue:
    return render.page("accounts/link_gone.html", status=404, text=str(error))


def _next() -> str:
    return destinations.local(request.args.get("next"), "")
