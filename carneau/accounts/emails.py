from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from carneau.accounts import links, queries
from carneau.accounts.models import OneTimeLink
from carneau.core import settings
from carneau.core.db import db
from carneau.email import plain
from carneau.email.models import Mail
from carneau.email.plain import Words
from carneau.email.posting import Parcel

SENDER = "Carneau"


@dataclass(frozen=True)
class Facts:
    kind: str
    recipient: str
    message_id: str
    url: str


def read(mail: Mail) -> Facts:
    """Whether there is an account is asked here and not where the mail was ordered: nobody can see or time it there."""
    kind, url = mail.kind, settings.current().base_url
    if mail.subject == OneTimeLink.__tablename__:
        link = db.session.get_one(OneTimeLink, mail.subject_id)
        has_account = queries.find_by_email(link.email) is not None
        kind, url = _kind_for(kind, has_account), links.url(link)
        if kind in WITHOUT_LINK:
            url = settings.current().base_url + WITHOUT_LINK[kind]
    return Facts(kind, mail.recipient, mail.message_id, url)


def _kind_for(kind: str, has_account: bool) -> str:
    if kind in (links.Purpose.REGISTRATION, links.Purpose.ADDRESS):
        return f"{kind}_taken" if has_account else kind
    return kind if has_account else "no_account"


def pack(facts: Facts) -> Parcel:
    words = LETTERS[facts.kind]()
    return Parcel(plain.letter(words, facts.url), facts.recipient, SENDER, facts.message_id)


ONCE = lazy_gettext("The link works once, within an hour.")
WAS_IT_YOU = lazy_gettext("Was it not you? Ask for a new password at once: that logs out every device.")
NOT_YOU = lazy_gettext("If you did not ask for this, do nothing: without the link nothing changes.")


def registration() -> Words:
    return Words(
        subject=_("Finish your account"),
        before=(_("Someone, we hope you, wants an account with this address. One step is left: choose a password."),),
        button=_("Finish your account"),
        after=(ONCE, NOT_YOU),
    )


def registration_taken() -> Words:
    return Words(
        subject=_("You have an account already"),
        before=(_("Someone, we hope you, wants an account with this address. There is one, and it was not changed."),),
        button=_("Log in"),
        after=(_("There you can also get a link by mail, if you forgot your password."),),
    )


def login() -> Words:
    return Words(
        subject=_("Your link to log in"),
        before=(_("With this link you log in without a password."),),
        button=_("Log in"),
        after=(ONCE, NOT_YOU),
    )


def password() -> Words:
    return Words(
        subject=_("Choose a new password"),
        before=(_("You asked for a new password. The old one works until you have chosen another."),),
        button=_("Choose a new password"),
        after=(ONCE, NOT_YOU),
    )


def no_account() -> Words:
    return Words(
        subject=_("There is no account with this address"),
        before=(
            _("Someone, we hope you, wanted to log in with this address. There is no account with it."),
            _("Perhaps you used another address. Your tickets do not need an account: they are in their own mails."),
        ),
        button=_("Create an account"),
        after=(_("If it was not you, there is nothing to do."),),
    )


def address() -> Words:
    return Words(
        subject=_("Is this your new address?"),
        before=(_("You want to use this address for your account. It counts once you confirm it."),),
        button=_("Confirm this address"),
        after=(ONCE, NOT_YOU),
    )


def address_taken() -> Words:
    return Words(
        subject=_("This address has an account already"),
        before=(_("Someone wants to use this address for another account. That is not possible: it has its own."),),
        button=_("Log in"),
        after=(_("If it was not you, there is nothing to do."),),
    )


def address_changed() -> Words:
    return Words(
        subject=_("Your account has a new address"),
        before=(_("From now on you log in with your new address, and we write there instead of here."),),
        after=(_("Was it not you? Somebody knows your password then: write to the organiser of your event at once."),),
    )


def password_changed() -> Words:
    return Words(
        subject=_("Your password was changed"),
        before=(_("All other devices have been logged out."),),
        after=(WAS_IT_YOU,),
    )


def second_factor_on() -> Words:
    return Words(
        subject=_("Your account has a second factor"),
        before=(_("From now on logging in asks for a code of your app. All other devices have been logged out."),),
        after=(WAS_IT_YOU,),
    )


def second_factor_off() -> Words:
    return Words(
        subject=_("Your account has no second factor any more"),
        before=(_("Logging in asks for no code any more."),),
        after=(WAS_IT_YOU,),
    )


def recovery_code_used() -> Words:
    return Words(
        subject=_("Someone logged in with a recovery code"),
        before=(_("One of your recovery codes was used instead of the code of your app. It does not work again."),),
        after=(WAS_IT_YOU,),
    )


def account_deleted() -> Words:
    return Words(
        subject=_("Your account was deleted"),
        before=(_("Your name and address are gone from our records. Tickets that you still have stay valid."),),
    )


WITHOUT_LINK = {"registration_taken": "/login", "no_account": "/register", "address_taken": "/login"}
LETTERS: dict[str, Callable[[], Words]] = {
    letter.__name__: letter
    for letter in (
        registration,
        registration_taken,
        login,
        password,
        no_account,
        address,
        address_taken,
        address_changed,
        password_changed,
        second_factor_on,
        second_factor_off,
        recovery_code_used,
        account_deleted,
    )
}
