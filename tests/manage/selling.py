"""An event of a house whose members open its pages, for the tests of sales."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from carneau.catalogue.models import TicketType
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation, Role
from carneau.purchases import queries as purchases
from carneau.purchases.models import Purchase
from carneau.tickets import issuing
from tests.making import make_member, make_paid_purchase
from tests.visiting import Visitor, make_user


def entering(app: Flask, organisation_id: int) -> Callable[[Role], Visitor]:
    def as_role(role: Role) -> Visitor:
        with transaction():
            house = db.session.get_one(Organisation, organisation_id)
            db.session.refresh(house)
            db.session.expunge(house)
        make_member(house, make_user(f"{role}@house.example", name=f"The {role}"), role)
        visitor = Visitor(app)
        visitor.enter_as(f"{role}@house.example")
        return visitor

    return as_role


def bought_by(kind: TicketType, name: str, email: str, quantity: int = 1, **values: Any) -> Purchase:
    purchase = make_paid_purchase((kind, quantity), buyer_name=name, email=email, **values)
    with transaction():
        issuing.issue(purchases.locked(purchase.id))
    return purchase
