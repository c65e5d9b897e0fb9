from flask_babel import gettext as _

from carneau.cart import guards
from carneau.cart import queries as carts
from carneau.core.errors import NotFound
from carneau.purchases import links, queries
from carneau.purchases.models import Purchase


def purchase_of(ref: str, key: str) -> Purchase:
    """For whoever has the signed link, or the cart that it was bought from. Everyone else, and everyone who asks for
    what does not exist, gets the same answer."""
    purchase = queries.find_by_ref(ref)
    if purchase is None or not (links.is_valid(ref, key) or _is_own(purchase)):
        raise NotFound(_("This link opens no purchase. Please use the complete link from your mail."))
    return purchase


def _is_own(purchase: Purchase) -> bool:
    cart = carts.find_cart(guards.find_visitor())
    return cart is not None and cart.id == purchase.cart_id
