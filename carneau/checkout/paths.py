"""Where a buyer is sent back to. The signed key opens the page in any browser, also in the one of the mail."""

from carneau.purchases import links
from carneau.purchases.models import PaymentStatus

ENDED = (PaymentStatus.CANCELLED, PaymentStatus.EXPIRED, PaymentStatus.FAILED)


def success(ref: str) -> str:
    return f"/checkout/success?purchase={ref}&key={links.key(ref)}"


def cancelled(ref: str) -> str:
    return f"/checkout/cancelled?purchase={ref}&key={links.key(ref)}"


def after(ref: str, status: PaymentStatus) -> str:
    """The page that tells what became of it."""
    return cancelled(ref) if status in (PaymentStatus.PENDING, *ENDED) else success(ref)
