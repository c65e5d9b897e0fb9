from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from carneau.accounts import guards as people
from carneau.cart import guards as visitors
from carneau.cart import queries as carts
from carneau.checkout import arriving, begin, guards, paths
from carneau.checkout.begin import NotStarted
from carneau.checkout.forms import BuyerForm
from carneau.core.db import transaction
from carneau.fulfilment import resending
from carneau.payments import queries as payments
from carneau.payments.models import OnExpiry
from carneau.purchases import links
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.purchases.placing import PriceChanged, TooManyUnpaid
from carneau.tickets import qr
from carneau.tickets import queries as tickets
from carneau.tickets.models import Ticket
from carneau.web import render, security

bp = Blueprint("checkout", __name__)
bp.add_app_template_filter(links.key, "purchase_key")
bp.after_request(security.keep_secret)


@bp.get("/checkout")
def new() -> ResponseReturnValue:
    contents = carts.find_contents(visitors.find_visitor())
    if contents is None or not contents.live:
        return render.see_other("/cart")
    if contents.cart.purchase_ref:
        return render.see_other(paths.cancelled(contents.cart.purchase_ref))
    return render.page("checkout/new.html", form=BuyerForm(), contents=contents)


@bp.post("/checkout")
def create() -> ResponseReturnValue:
    form = BuyerForm.of_request()
    if form.validate():
        return render.see_other(begin.begin(visitors.find_visitor(), **form.given()))
    return _asked_again(form, 422)


@bp.errorhandler(TooManyUnpaid)
def too_many_unpaid(refusal: TooManyUnpaid) -> ResponseReturnValue:
    form = BuyerForm.of_request()
    form.email.errors = [str(refusal)]
    return _asked_again(form, 409)


def _asked_again(form: BuyerForm, status: int) -> ResponseReturnValue:
    contents = carts.find_contents(visitors.find_visitor())
    if contents is None or not contents.live:
        return render.see_other("/cart")
    return render.page("checkout/new.html", blocks=("buyer",), status=status, form=form, contents=contents)


@bp.errorhandler(PriceChanged)
def price_changed(refusal: PriceChanged) -> ResponseReturnValue:
    """The whole of it again, with what it costs now: the sum stands in more than one place."""
    contents = carts.find_contents(visitors.find_visitor())
    response = render.page(
        "checkout/new.html",
        blocks=("main",),
        status=409,
        form=BuyerForm.of_request(),
        contents=contents,
        refusal=refusal,
    )
    if render.wants_fragment():
        response.headers["HX-Retarget"] = ".checkout"
        response.headers["HX-Reswap"] = "outerHTML"
    return response


@bp.errorhandler(NotStarted)
def not_started(error: NotStarted) -> ResponseReturnValue:
    problem = "declined" if error.is_declined else "unreachable"
    if render.wants_fragment():
        return render.see_other(f"{paths.cancelled(error.ref)}&problem={problem}")
    response = _cancelled(purchases.by_ref(error.ref), problem, 502 if error.is_declined else 503)
    response.headers["Retry-After"] = "10"
    return response


@bp.get("/checkout/success")
def success() -> ResponseReturnValue:
    purchase, is_unpaid = arriving.arrive(_asked("purchase"), _asked("key"), request.args.get("session_id"))
    if is_unpaid or purchase.payment_status in paths.ENDED:
        return render.see_other(paths.cancelled(purchase.ref))
    return render.page(
        "checkout/success.html",
        blocks=("outcome",),
        purchase=purchase,
        tickets=_with_paths(purchase),
        link=links.url(purchase),
        here=request.full_path,
        is_guest=people.find_user() is None,
        to_ask=purchases.organisation_of(purchase).email if payments.is_flagged(purchase) else None,
        count=carts.count(visitors.find_visitor()) if render.wants_fragment() else None,
    )


@bp.get("/checkout/cancelled")
def cancelled() -> ResponseReturnValue:
    purchase = guards.purchase_of(_asked("purchase"), _asked("key"))
    if purchase.payment_status not in (PaymentStatus.PENDING, *paths.ENDED):
        return render.see_other(paths.success(purchase.ref))
    return _cancelled(purchase, _asked("problem"))


def _cancelled(purchase: Purchase, problem: str, status: int = 200) -> Response:
    return render.page(
        "checkout/cancelled.html",
        status=status,
        purchase=purchase,
        zone=purchases.events_of(purchase)[0].time_zone,
        key=links.key(purchase.ref),
        sent_back=_sent_back(purchase),
        problem=problem,
    )


@bp.post("/checkout/<ref>/payment")
def payment_create(ref: str) -> ResponseReturnValue:
    purchase = guards.purchase_of(ref, request.form.get("key", ""))
    return render.see_other(begin.begin_again(purchase.id, ref))


@bp.post("/checkout/<ref>/cart")
def cart_create(ref: str) -> ResponseReturnValue:
    purchase = guards.purchase_of(ref, request.form.get("key", ""))
    status = begin.end(purchase.id, ref, OnExpiry.HAND_BACK)
    return render.see_other("/cart" if status is PaymentStatus.CANCELLED else paths.after(ref, status))


@bp.post("/checkout/<ref>/cancellation")
def cancellation_create(ref: str) -> ResponseReturnValue:
    purchase = guards.purchase_of(ref, request.form.get("key", ""))
    return render.see_other(paths.after(ref, begin.end(purchase.id, ref, OnExpiry.RELEASE)))


@bp.get("/purchases/<ref>")
def show(ref: str) -> ResponseReturnValue:
    purchase = guards.purchase_of(ref, _asked("key"))
    return render.page(
        "checkout/show.html",
        purchase=purchase,
        organisation=purchases.organisation_of(purchase),
        events=purchases.events_of(purchase),
        tickets=_with_paths(purchase),
        key=links.key(purchase.ref),
        is_sent=_asked("sent") == "yes",
        sent_back=_sent_back(purchase) if purchase.payment_status in paths.ENDED else [],
    )


def _sent_back(purchase: Purchase) -> list[str]:
    """Why payments for it bought nothing and go back."""
    return [payment.sent_back for payment in payments.of_purchase(purchase) if payment.sent_back]


@bp.post("/purchases/<ref>/mail")
def mails_create(ref: str) -> ResponseReturnValue:
    purchase = guards.purchase_of(ref, request.form.get("key", ""))
    with transaction():
        resending.ask_again(purchase)
    return render.see_other(f"/purchases/{ref}?key={links.key(ref)}&sent=yes#sent")


def _with_paths(purchase: Purchase) -> list[tuple[Ticket, str | None]]:
    """Of a ticket that was passed on the buyer has no code any more."""
    key = links.key(purchase.ref)
    return [
        (ticket, None if ticket.holder_email else f"/tickets/{qr.code(ticket)}?key={key}")
        for ticket in tickets.for_purchase(purchase)
    ]


def _asked(name: str) -> str:
    return request.args.get(name, "")
