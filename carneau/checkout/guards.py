from flask_babel import gettext as _

from carneau.cart import guards
from carneau.cart import queries as carts
from carneau.core.errors import NotFound
from carneau.purchases import queries
from carneau.purchases.guards import may_see
from carneau.purchases.models import Purchase


def purchase_of(ref: str, key: str) -> Purchase:
    """For whoever has the signed link, the cart that it was bought from, or an account with its address. Everyone else,
    and everyone who asks for what does not exist, gets the same answer."""
    purchase = queries.find_by_ref(ref)
    if purchase is None or not (_is_of_cart(purchase) or may_see(purchase, key)):
        raise NotFound(_("This link opens no purchase. Please use the complete link from your mail."))
    return purchase


def _is_of_cart(purchase: Purchase) -> bool:
    cart = carts.find_cart(guards.find_visitor())
    return cart is not None and cart.id == purchase.cart_id
