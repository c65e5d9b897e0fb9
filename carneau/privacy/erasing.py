"""Taking a person out of what was sold: the money rows stay, as the law asks, and name nobody."""

from collections.abc import Collection, Sequence

from carneau.core import audit
from carneau.core.db import transaction
from carneau.email import erasing as mails
from carneau.organisations.models import Organisation
from carneau.payments import erasing as payments
from carneau.purchases import erasing as purchases
from carneau.purchases.models import Purchase
from carneau.tickets import erasing as tickets


def erase(addresses: Collection[str], actor: str, organisation_id: int | None = None) -> Sequence[Purchase]:
    """Everywhere, or in one organisation alone. Addresses in small letters. Raises StillBeingPaid."""
    erased = purchases.erase(addresses, actor, organisation_id)
    payments.erase([purchase.id for purchase in erased])
    tickets.erase(addresses, organisation_id)
    mails.erase(addresses, purchases.NO_ADDRESS, organisation_id)
    return erased


def erase_from(organisation: Organisation, address: str, actor: str) -> int:
    """What one organisation knows of somebody; how many purchases that were."""
    erased = erase([address.lower()], actor, organisation.id)
    audit.record(_Person(organisation.id), "person_erased", actor, purchases=len(erased))
    return len(erased)


def erase_from_sent_mails() -> int:
    """What was still owed to a person when they were erased has gone by now: it names nobody either. A sweep."""
    with transaction():
        return mails.erase_gone(purchases.NO_ADDRESS)


def note_export(organisation: Organisation, actor: str) -> None:
    audit.record(_Person(organisation.id), "person_exported", actor)


class _Person:
    """Stands in the audit log for whoever it was: it names no person."""

    __tablename__ = Organisation.__tablename__

    def __init__(self, organisation_id: int) -> None:
        self.id = self.organisation_id = organisation_id
