"""What stands in the audit log, in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from carneau.core.money import Money
from carneau.organisations import roles
from carneau.organisations.models import Role
from carneau.web import filters

SUBJECTS = {
    "events": lazy_gettext("Event"),
    "ticket_types": lazy_gettext("Ticket type"),
    "event_images": lazy_gettext("Picture"),
    "inquiries": lazy_gettext("Inquiry at Stripe"),
    "purchases": lazy_gettext("Purchase"),
    "tickets": lazy_gettext("Ticket"),
    "gates": lazy_gettext("Gate"),
    "door_links": lazy_gettext("Door link"),
    "door_devices": lazy_gettext("Phone at the door"),
    "scans": lazy_gettext("Scan"),
    "payments": lazy_gettext("Payment"),
    "refunds": lazy_gettext("Refund"),
    "exports": lazy_gettext("Export"),
    "messages": lazy_gettext("Message"),
    "organisation_members": lazy_gettext("Member"),
    "invitations": lazy_gettext("Invitation"),
    "organisations": lazy_gettext("Organisation"),
    "api_tokens": lazy_gettext("Token"),
    "webhook_endpoints": lazy_gettext("Webhook"),
}
ACTIONS = {
    "admission_undone": lazy_gettext("admission taken back"),
    "answered": lazy_gettext("answered"),
    "asked": lazy_gettext("asked"),
    "address_changed": lazy_gettext("address changed"),
    "cancelled": lazy_gettext("cancelled"),
    "changed": lazy_gettext("changed"),
    "closed": lazy_gettext("closed"),
    "created": lazy_gettext("created"),
    "cut": lazy_gettext("cut"),
    "deleted": lazy_gettext("deleted"),
    "described": lazy_gettext("described"),
    "disabled": lazy_gettext("switched off"),
    "disputed": lazy_gettext("disputed at the bank"),
    "duplicated": lazy_gettext("duplicated"),
    "edited": lazy_gettext("edited"),
    "enabled": lazy_gettext("switched on"),
    "erased": lazy_gettext("made nameless"),
    "expired": lazy_gettext("expired"),
    "failed": lazy_gettext("failed"),
    "flagged": lazy_gettext("flagged"),
    "invited": lazy_gettext("invited"),
    "joined": lazy_gettext("joined"),
    "left": lazy_gettext("left"),
    "looked_at": lazy_gettext("looked at"),
    "made": lazy_gettext("made ready"),
    "moved": lazy_gettext("moved"),
    "opened": lazy_gettext("opened again"),
    "partially_refunded": lazy_gettext("refunded in part"),
    "passed_on": lazy_gettext("passed on"),
    "pending": lazy_gettext("placed"),
    "picture added": lazy_gettext("picture added"),
    "picture removed": lazy_gettext("picture removed"),
    "person_erased": lazy_gettext("a person forgotten"),
    "person_exported": lazy_gettext("a person's data handed over"),
    "processing": lazy_gettext("waiting for the bank"),
    "published": lazy_gettext("published"),
    "put_back": lazy_gettext("conflict open again"),
    "refunded": lazy_gettext("refunded"),
    "refunds_begun": lazy_gettext("refunds begun"),
    "registered": lazy_gettext("registered"),
    "removed": lazy_gettext("removed"),
    "renamed": lazy_gettext("renamed"),
    "resent": lazy_gettext("sent again"),
    "requested": lazy_gettext("requested"),
    "revoked": lazy_gettext("revoked"),
    "role_changed": lazy_gettext("role changed"),
    "sent": lazy_gettext("sent"),
    "succeeded": lazy_gettext("paid"),
    "tickets_issued": lazy_gettext("tickets issued"),
    "tickets_resent": lazy_gettext("tickets sent again"),
    "tickets_returned": lazy_gettext("tickets given back"),
    "voided": lazy_gettext("made void"),
    "withdrawn": lazy_gettext("withdrawn"),
}
FACTS = {
    "amount_minor": lazy_gettext("amount"),
    "back_on_sale": lazy_gettext("places back on sale"),
    "by": lazy_gettext("by"),
    "changed": lazy_gettext("changed"),
    "devices": lazy_gettext("phones"),
    "charges": lazy_gettext("payments read"),
    "fields": lazy_gettext("changed"),
    "form": lazy_gettext("kind of file"),
    "kind": lazy_gettext("table"),
    "position": lazy_gettext("place in the order"),
    "reason": lazy_gettext("reason"),
    "refunded_minor": lazy_gettext("refunded"),
    "role": lazy_gettext("role"),
    "rows": lazy_gettext("rows"),
    "scopes": lazy_gettext("rights"),
    "slug": lazy_gettext("address"),
    "tickets": lazy_gettext("tickets"),
    "total_minor": lazy_gettext("total"),
    "total_quantity": lazy_gettext("places"),
    "unknown": lazy_gettext("not known here"),
    "was": lazy_gettext("before"),
}
OTHERS = {
    "box office": lazy_gettext("Box office"),
    "buyer": lazy_gettext("The buyer"),
    "stripe": lazy_gettext("Stripe"),
    "system": lazy_gettext("Carneau itself"),
}


def of_subject(subject: str) -> str:
    return str(SUBJECTS.get(subject) or subject.replace("_", " "))


def of_action(action: str) -> str:
    return str(ACTIONS.get(action) or action.replace("_", " "))


def of_actor(actor: str, names: dict[str, str]) -> str:
    """`names` has those of people, by actor; one who is in it no more has deleted the account."""
    if actor.startswith("user:"):
        return names.get(actor) or _("Somebody whose account is deleted")
    if actor.startswith("token:"):
        return str(_("The program with the token %(ref)s", ref=actor.removeprefix("token:")))
    if actor.startswith(("device:", "link:")):
        return names.get(actor) or _("A phone at the door")
    return str(OTHERS.get(actor) or actor)


def of_facts(facts: dict[str, Any], currency: str) -> str:
    """`role: manager, was: door`, amounts as money; without the numbers of rows, which mean nothing to people."""
    told = (_told(name, value, currency) for name, value in facts.items() if _means_something(name, value))
    return ", ".join(told)


def _means_something(name: str, value: object) -> bool:
    is_number_of_row = name in ("user", "event", "member", "payment", "source_key", "version") or name.endswith(
        ("_id", "_ids")
    )
    return not is_number_of_row and value not in (None, "", [])


def _told(name: str, value: Any, currency: str) -> str:
    label = FACTS.get(name) or name.removesuffix("_minor").replace("_", " ")
    if name.endswith("_minor") and isinstance(value, int) and currency:
        return f"{label}: {filters.money(Money(value, currency))}"
    return f"{label}: {', '.join(map(_word, value)) if isinstance(value, list) else _word(value)}"


def _word(value: object) -> str:
    """States and roles have words of their own; what people named stays as it is."""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = str(value)
    if text in list(Role):
        return roles.name_of(Role(text))
    return str(ACTIONS.get(text) or text.replace("_", " "))
