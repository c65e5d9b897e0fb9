from flask_babel import gettext as _

from carneau.integrations.models import Kind

CHOSEN = [kind for kind in Kind if kind is not Kind.PING]


def meaning_of(kind: Kind) -> str:
    meanings: dict[Kind, str] = {
        Kind.PURCHASE_PAID: _("A purchase was paid"),
        Kind.PURCHASE_REFUNDED: _("Money of a purchase went back, all or a part"),
        Kind.TICKETS_ISSUED: _("The tickets of a purchase were issued"),
        Kind.TICKET_CHANGED: _("A ticket went on to somebody else"),
        Kind.TICKET_VOIDED: _("A ticket was made void"),
        Kind.TICKET_ADMITTED: _("Somebody was let in"),
        Kind.EVENT_CHANGED: _("An event or its ticket types changed"),
        Kind.PING: _("A test"),
    }
    return meanings[kind]
