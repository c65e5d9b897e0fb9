"""States and what happened, in words for organisers."""

from flask_babel import format_decimal
from flask_babel import gettext as _

from carneau.catalogue.models import Event
from carneau.core.money import Money
from carneau.exports.models import ExportKind
from carneau.manage import door_wording
from carneau.payments.history import Moment
from carneau.payments.models import RefundStatus
from carneau.purchases.models import Channel, PaymentStatus, Purchase
from carneau.tickets.models import TicketStatus
from carneau.web import filters

MEGABYTE = 1_000_000


def state(status: PaymentStatus) -> str:
    words: dict[PaymentStatus, str] = {
        PaymentStatus.PENDING: _("Being paid"),
        PaymentStatus.PROCESSING: _("Waiting for the bank"),
        PaymentStatus.SUCCEEDED: _("Paid"),
        PaymentStatus.PARTIALLY_REFUNDED: _("Partly refunded"),
        PaymentStatus.REFUNDED: _("Refunded"),
        PaymentStatus.FAILED: _("Payment failed"),
        PaymentStatus.EXPIRED: _("Not paid in time"),
        PaymentStatus.CANCELLED: _("Given up by the buyer"),
    }
    return words[status]


def channel(channel: Channel) -> str:
    words: dict[Channel, str] = {
        Channel.ONLINE: _("Online"),
        Channel.CASH: _("Cash"),
        Channel.ELSEWHERE: _("Paid elsewhere"),
        Channel.COMPLIMENTARY: _("Complimentary"),
    }
    return words[channel]


def ticket_state(status: TicketStatus) -> str:
    words: dict[TicketStatus, str] = {
        TicketStatus.VALID: _("Valid"),
        TicketStatus.REDEEMED: _("Let in"),
        TicketStatus.VOID: _("Void"),
    }
    return words[status]


def not_published() -> str:
    return str(_("Nobody can buy it yet: the event is not published."))


def hidden() -> str:
    return str(_("Hidden: only who has its link sees it."))


def refund_state(status: RefundStatus) -> str:
    words: dict[RefundStatus, str] = {
        RefundStatus.REQUESTED: _("Being asked of Stripe"),
        RefundStatus.PENDING: _("On its way"),
        RefundStatus.SUCCEEDED: _("Given back"),
        RefundStatus.FAILED: _("Failed: the money is still with you"),
    }
    return words[status]


def export_kind(kind: ExportKind) -> str:
    words: dict[ExportKind, str] = {
        ExportKind.ATTENDEES: _("Attendees"),
        ExportKind.PURCHASES: _("Purchases"),
        ExportKind.ADMISSIONS: _("Admissions"),
    }
    return words[kind]


def file_size(size_bytes: int) -> str:
    if size_bytes < MEGABYTE:
        return str(_("%(size)s kB", size=format_decimal(max(1, round(size_bytes / 1000)))))
    return str(_("%(size)s MB", size=format_decimal(round(size_bytes / MEGABYTE, 1))))


def mail_kind(kind: str) -> str:
    words: dict[str, str] = {
        "confirmation": _("Confirmation with the tickets"),
        "tickets_again": _("The tickets once more"),
        "refunded": _("Word of the refund"),
        "refunded_late": _("Word that a late payment goes back"),
        "payment_failed": _("Word that the payment failed"),
        "tickets_voided": _("Word that tickets were taken back"),
        "passed_on": _("The ticket, to its new holder"),
        "passed_away": _("Word that a ticket was passed on"),
        "ticket_again": _("The ticket once more, to its holder"),
        "ticket_voided": _("Word to its holder that a ticket is void"),
        "refunded_cancelled": _("Word that the event was cancelled while they paid"),
    }
    return words.get(kind, kind)


def happened(moment: Moment, purchase: Purchase) -> str:
    """One line of a purchase's history."""
    if moment.subject == "mails":
        return _mail(moment)
    if moment.subject == "purchases" and moment.action in list(PaymentStatus):
        return state(PaymentStatus(moment.action))
    if moment.subject == "scans":
        return door_wording.of_scan(moment.facts, moment.action)
    words = _words_for(moment, purchase)
    return words.get((moment.subject, moment.action)) or f"{moment.subject}: {moment.action}"


def _words_for(moment: Moment, purchase: Purchase) -> dict[tuple[str, str], str]:
    return {
        ("purchases", "tickets_issued"): _("Tickets issued"),
        ("purchases", "tickets_returned"): _("Tickets taken back"),
        ("purchases", "tickets_resent"): _("Tickets sent again"),
        ("purchases", "address_changed"): _("Address changed"),
        ("payments", "flagged"): _("Payment needs a look: %(reason)s", reason=moment.facts.get("reason", "")),
        ("payments", "looked_at"): _("Payment looked at"),
        ("payments", "disputed"): _("The buyer's bank claims the payment back"),
        ("refunds", "requested"): _("Refund of %(amount)s asked for", amount=_amount(moment, purchase)),
        ("refunds", "succeeded"): _("Refund done"),
        ("refunds", "pending"): _("Refund on its way"),
        ("refunds", "failed"): _("Refund failed"),
        ("tickets", "voided"): _("Ticket became void"),
        ("tickets", "renamed"): _("Ticket given another name"),
        ("tickets", "passed_on"): _("Ticket passed on to somebody else"),
        ("tickets", "resent"): _("Ticket sent again to its holder"),
        ("tickets", "admission_undone"): _("Admission taken back"),
    }


def _mail(moment: Moment) -> str:
    kind, to = mail_kind(str(moment.facts["kind"])), str(moment.facts["to"])
    if moment.action == "sent":
        return str(_("%(kind)s, sent to %(to)s", kind=kind, to=to)) if to else kind
    if moment.action == "given_up":
        return str(_("%(kind)s could not be delivered to %(to)s", kind=kind, to=to))
    return str(_("%(kind)s, waiting to be sent to %(to)s", kind=kind, to=to))


def _amount(moment: Moment, purchase: Purchase) -> str:
    return filters.money(Money(moment.facts.get("amount_minor", 0), purchase.currency))


def draft(event: Event, about: str) -> dict[str, str]:
    """What an organiser may want to write to everyone after this; nothing for what we do not know."""
    if about == "cancelled":
        subject = _("%(event)s is cancelled", event=event.title)
        body = _(
            "%(event)s on %(day)s is cancelled. Please do not come; your tickets let nobody in.\n\n"
            "We are sorry. What you paid goes back the way you paid it.",
            event=event.title,
            day=filters.day(event.starts_at, event.time_zone),
        )
        return {"subject": subject, "body": body}
    if about == "changed":
        subject = _("Something changed: %(event)s", event=event.title)
        body = _(
            "%(event)s now begins on %(day)s at %(time)s, at %(venue)s in %(city)s.\n\n"
            "Your tickets stay valid. If you cannot come, answer this mail.",
            event=event.title,
            day=filters.day(event.starts_at, event.time_zone),
            time=filters.time_of_day(event.starts_at, event.time_zone),
            venue=event.venue_name,
            city=event.city,
        )
        return {"subject": subject, "body": body}
    return {}
