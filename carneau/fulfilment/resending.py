from datetime import timedelta

from carneau.accounts import limits
from carneau.accounts.limits import Limit
from carneau.fulfilment import fulfil
from carneau.purchases.models import Purchase

MAILS_OF_PURCHASE = Limit("mails of purchase", 3, timedelta(hours=1))


def ask_again(purchase: Purchase) -> None:
    """The buyer asks, and nobody has looked who that is: to the address of the purchase only. Raises TooOften."""
    limits.count(MAILS_OF_PURCHASE, purchase.ref)
    fulfil.resend(purchase, purchase.email, "buyer")
