from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from carneau.cart import answers, basket, first, forms, guards, queries
from carneau.cart.basket import Outcome
from carneau.catalogue.queries import type_on_sale
from carneau.core import codes
from carneau.core.db import reading, transaction
from carneau.web import render

bp = Blueprint("cart", __name__)
answers.register(bp)


@bp.get("/cart")
def show() -> ResponseReturnValue:
    return answers.cart()


@bp.get("/cart/count")
def count_show() -> ResponseReturnValue:
    with transaction():
        return render.page("cart/count.html", count=queries.count(guards.find_visitor()))


@bp.post("/cart/lines")
def lines_create() -> ResponseReturnValue:
    asked = forms.asked()
    if guards.find_visitor() is None and len(asked.chosen) == 1 and (answer := _first_line(*asked.chosen[0])):
        return answer
    with transaction():
        wishes = [(type_on_sale(public_id), quantity) for public_id, quantity in asked.chosen]
        if asked.is_instead:
            basket.empty_any(guards.find_visitor())
        cart = basket.open_cart(guards.visitor(), wishes[0][0], guards.network())
        return answers.added(basket.add_lines(cart, wishes))


def _first_line(public_id: str, quantity: int) -> Response | None:
    """Who is refused gets no cookie, and so comes this way again."""
    secret = codes.secret()
    until = first.take(secret, public_id, quantity, guards.network())
    if until:
        guards.welcome(secret)
    if until and not render.wants_fragment():
        return render.see_other("/cart")
    with reading():
        kind = type_on_sale(public_id)
        refusal = None if until else first.refusal(kind, quantity)
        return answers.added([Outcome(kind, quantity, until, refusal)]) if until or refusal else None


@bp.post("/cart/lines/<public_id>")
def lines_update(public_id: str) -> ResponseReturnValue:
    quantity = forms.LineForm.of_request().require().quantity.data
    with transaction():
        cart = basket.own_cart(guards.find_visitor())
        basket.change_line(cart, basket.type_in_cart(cart, public_id), quantity)
    return answers.changed("cart/lines_updated.html", public_id)


@bp.post("/cart/lines/<public_id>/removal")
def removals_create(public_id: str) -> ResponseReturnValue:
    with transaction():
        cart = basket.own_cart(guards.find_visitor())
        basket.change_line(cart, basket.type_in_cart(cart, public_id), 0)
    return answers.changed("cart/removals_created.html")


@bp.post("/cart/emptying")
def emptyings_create() -> ResponseReturnValue:
    with transaction():
        basket.empty(basket.own_cart(guards.find_visitor()))
    return render.see_other("/cart")


@bp.post("/cart/extension")
def extensions_create() -> ResponseReturnValue:
    with transaction():
        basket.extend(basket.own_cart(guards.find_visitor()))
    return answers.changed("cart/extensions_created.html")
