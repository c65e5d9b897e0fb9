from dataclasses import dataclass

from flask_babel import gettext as _

from carneau.core.db import db
from carneau.email import plain
from carneau.email.models import Mail
from carneau.email.plain import Words
from carneau.email.posting import Parcel
from carneau.organisations import links, roles
from carneau.organisations.models import Invitation, Organisation, Role


@dataclass(frozen=True)
class Facts:
    recipient: str
    message_id: str
    url: str
    house: str
    reply_to: str
    invited_by: str
    role: Role


def read(mail: Mail) -> Facts:
    invitation = db.session.get_one(Invitation, mail.subject_id)
    house = db.session.get_one(Organisation, invitation.organisation_id)
    return Facts(
        mail.recipient,
        mail.message_id,
        links.url(invitation),
        house.name,
        house.email,
        invitation.invited_by,
        invitation.role,
    )


def pack(facts: Facts) -> Parcel:
    words = _words(facts)
    return Parcel(plain.letter(words, facts.url, facts.reply_to), facts.recipient, facts.house, facts.message_id)


def _words(facts: Facts) -> Words:
    return Words(
        subject=_("Join the team of %(house)s", house=facts.house),
        before=(
            _("%(name)s invites you to work with %(house)s on Carneau.", name=facts.invited_by, house=facts.house),
            _("Your role: %(role)s. %(what)s", role=roles.name_of(facts.role), what=roles.what_it_may(facts.role)),
        ),
        button=_("See the invitation"),
        after=(
            _("The link works once, within a week, with an account of this address; you can create one on the way."),
            _("If you do not know what this is about, do nothing: without the link nothing happens."),
        ),
    )
