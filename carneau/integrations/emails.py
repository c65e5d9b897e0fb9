from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from carneau.core import settings
from carneau.core.db import db
from carneau.core.outbox import job
from carneau.email import posting
from carneau.email.message import Letter
from carneau.email.models import Mail
from carneau.email.posting import Parcel
from carneau.integrations.models import WebhookEndpoint
from carneau.organisations.models import Organisation


@dataclass(frozen=True)
class Facts:
    recipient: str
    message_id: str
    house: str
    address: str
    url: str


@dataclass(frozen=True)
class Words:
    """What `emails/account.html` says."""

    subject: str
    before: tuple[str, ...]
    button: str
    after: tuple[str, ...]


@job("integrations.send", tries=posting.TRIES, is_patient=True)
def send(mail_id: int) -> None:
    posting.post(mail_id, read, pack)


def read(mail: Mail) -> Facts:
    """The endpoint may be removed before the mail goes out."""
    house = db.session.get_one(Organisation, mail.organisation_id)
    endpoint = db.session.get(WebhookEndpoint, mail.subject_id)
    root = f"{settings.current().base_url}/manage/organisations/{house.slug}/integrations"
    return Facts(mail.recipient, mail.message_id, house.name, endpoint.url if endpoint else _("(removed)"), root)


def pack(facts: Facts) -> Parcel:
    words = Words(
        subject=_("A webhook of %(house)s does not answer", house=facts.house),
        before=(
            _("For three days nothing that we sent to this address was taken: %(address)s", address=facts.address),
            _("It is switched off now. What happened meanwhile stands in its log, and can be sent again."),
        ),
        button=_("See the log"),
        after=(_("Tickets are sold as before; only the program behind that address does not hear of it."),),
    )
    values = {"words": words, "subject": words.subject, "preview": words.before[1], "url": facts.url}
    letter = Letter(
        subject=words.subject,
        text=render_template("emails/account.txt", **values),
        html=render_template("emails/account.html", **values),
    )
    return Parcel(letter, facts.recipient, "Carneau", facts.message_id)
