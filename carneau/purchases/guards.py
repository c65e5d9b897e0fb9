from carneau.accounts import guards, queries
from carneau.purchases import links
from carneau.purchases.models import Purchase


def may_see(purchase: Purchase, key: str) -> bool:
    """Who has the signed link, and who is logged in with the address that it was bought with."""
    return links.is_valid(purchase.ref, key) or is_own(purchase.email)


def is_own(email: str) -> bool:
    """Whether who is logged in has shown that this address is theirs."""
    user = guards.find_user()
    return user is not None and email.lower() in queries.addresses_of(user)
