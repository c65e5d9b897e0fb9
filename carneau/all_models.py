"""Every table, for Alembic and the tests."""

from carneau.accounts import models as accounts
from carneau.admissions import models as admissions
from carneau.cart import models as cart
from carneau.catalogue import models as catalogue
from carneau.core import audit, outbox
from carneau.email import models as email
from carneau.exports import models as exports
from carneau.fulfilment import models as fulfilment
from carneau.integrations import models as integrations
from carneau.inventory import models as inventory
from carneau.ops import backup, heartbeats
from carneau.organisations import models as organisations
from carneau.payments import models as payments
from carneau.purchases import models as purchases
from carneau.tickets import models as tickets

__all__ = [
    "accounts",
    "admissions",
    "audit",
    "backup",
    "cart",
    "catalogue",
    "email",
    "exports",
    "fulfilment",
    "heartbeats",
    "integrations",
    "inventory",
    "organisations",
    "outbox",
    "payments",
    "purchases",
    "tickets",
]
