"""What the browser is shown after a write: the cart's page, or for htmx the parts of it that changed."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request

from carneau.cart import basket, caps, guards, queries
from carneau.cart.choice import OutsideLimits
from carneau.core.db import transaction
from carneau.core.errors import Refusal
from carneau.inventory import availability, holds
from carneau.web import errors, render

ABOUT_THE_CART = (
    caps.NetworkFull,
    holds.SoldOut,
    holds.CartFull,
    holds.HoldExpired,
    basket.AlreadyExtended,
    OutsideLimits,
)


def register(blueprint: Blueprint) -> None:
    for kind in ABOUT_THE_CART:
        blueprint.register_error_handler(kind, refused)
    blueprint.register_error_handler(holds.BeingPaid, being_paid)
    blueprint.register_error_handler(basket.OtherCart, other_cart)


def cart(template: str = "cart/show.html", at: str | None = None, refusal: Refusal | None = None) -> Response:
    """`at` names the line that changed, or that `refusal` is about. Where a part would not do, the whole cart."""
    status = errors.status_of(refusal) if refusal else 200
    with transaction():
        contents = queries.find_contents(guards.find_visitor())
        line = contents.line_of(at) if contents and at else None
        context: dict[str, Any] = {
            "contents": contents,
            "places": availability.of([each.ticket_type.id for each in contents.lines]) if contents else {},
            "line": line if line and line.is_live else None,
            "refusal": refusal,
        }
        if not render.wants_fragment() or template == "cart/show.html" or not contents or (at and not context["line"]):
            return aimed(render.page("cart/show.html", blocks=("cart",), status=status, **context), "#cart")
        return render.page(template, status=status, **context)


def changed(template: str, at: str | None = None) -> Response:
    return cart(template, at) if render.wants_fragment() else render.see_other("/cart")


def added(outcomes: Sequence[basket.Outcome]) -> Response:
    """All had: on to the cart. Otherwise what was not, why, and what can be done. Stands inside the transaction."""
    status = 409 if any(outcome.refusal for outcome in outcomes) else 200
    if status == 200 and not render.wants_fragment():
        return render.see_other("/cart")
    context = {"outcomes": outcomes, "count": queries.count(guards.find_visitor()), "oob": render.wants_fragment()}
    return aimed(render.page("cart/lines_created.html", blocks=("notice",), status=status, **context), "#notice")


def refused(error: Refusal) -> Response:
    at = (request.view_args or {}).get("public_id")
    if request.endpoint == "cart.lines_create":
        return errors.refused(error)
    return cart("cart/lines_updated.html" if at else "cart/show.html", at, error)


def being_paid(error: holds.BeingPaid) -> Response:
    """The cart's page says where the payment goes on."""
    return errors.refused(error) if render.wants_fragment() else cart(refusal=error)


def other_cart(error: basket.OtherCart) -> Response:
    wishes = [(name, number) for name, number in request.form.items() if name.startswith("quantity-")]
    page = render.page("cart/other_cart.html", blocks=("notice",), status=409, text=str(error), wishes=wishes)
    return aimed(page, "#notice")


def aimed(response: Response, target: str) -> Response:
    """htmx puts it there, wherever the request came from."""
    if render.wants_fragment():
        response.headers["HX-Retarget"] = target
        response.headers["HX-Reswap"] = "outerHTML"
    return response
