from datetime import timedelta
from typing import Annotated

from flask import Response, request
from flask_babel import gettext as _
from msgspec import Meta
from wtforms.validators import ValidationError

from carneau.accounts import limits
from carneau.accounts.guards import network
from carneau.accounts.limits import Limit
from carneau.api import beginning, cors
from carneau.api.beginning import Wish
from carneau.api.guards import with_or_without
from carneau.api.operations import ApiBlueprint
from carneau.api.reading import Input, Line
from carneau.checkout.begin import NotStarted
from carneau.core import settings
from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.integrations import resources, showing
from carneau.integrations.resources import Moment
from carneau.integrations.scopes import Scope
from carneau.integrations.tokens import Bearer
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus
from carneau.web import problems, security
from carneau.web.forms import LARGEST_QUANTITY, address_of, is_of_several_lines, is_visible

bp = ApiBlueprint("api_checkout", __name__)
ANONYMOUS = Limit("checkouts from network", 60, timedelta(minutes=10))
KEY = "Idempotency-Key"
KEY_LENGTHS = range(16, 256)


class Places(Input):
    ticket_type_id: Annotated[str, Meta(pattern="^[A-Z0-9]{1,40}$")]
    quantity: Annotated[int, Meta(ge=1, le=LARGEST_QUANTITY)]


class NewSession(Input):
    """`total_minor` is the total that the buyer was shown, fees included: if it is not what is to be paid any more, the
    request is refused, and nothing is charged that nobody has seen."""

    lines: Annotated[list[Places], Meta(min_length=1, max_length=30)]
    name: Annotated[Line, Meta(min_length=1, description="The buyer's; it is printed on the tickets")]
    email: Annotated[
        Line, Meta(min_length=3, description="The buyer's; the tickets go there", extra_json_schema={"format": "email"})
    ]
    total_minor: Annotated[int, Meta(ge=0)] | None = None


class CheckoutSession(resources.Resource):
    """The buyer goes to `url`: Stripe's page, or, where nothing is to be paid, the tickets. The places are held until
    `expires_at`."""

    url: str
    purchase_id: str
    status: PaymentStatus
    total: resources.Money
    expires_at: Moment


@bp.operation(
    "/create-checkout-session",
    method="POST",
    summary="Hold places and begin a payment",
    access=with_or_without(Scope.CHECKOUT),
    body=NewSession,
    status=201,
    answer=CheckoutSession,
    takes={KEY: "16 to 255 characters, random. Asked again with the same key, the same session is told."},
    refusals={
        404: "There is no such ticket type, or it is another organisation's than the token's.",
        409: "The places cannot be had; `detail` says why, `code` too: `sold_out`, `not_on_sale`, `price_changed`.",
        502: "Stripe refused to begin the payment.",
        503: "Stripe or our records do not answer. The places are held; ask again with the same key.",
    },
)
def create(body: NewSession, token: Bearer | None) -> CheckoutSession:
    """All lines or none, by the same rules and limits as on the pages. With a token, only tickets of its organisation;
    without one, as a guest on our own pages: not from a page of another site, and not too often from one network."""
    if token is None:
        _admit_anyone()
    wish = _wish(body, token)
    begun = beginning.run(beginning.visitor_of(token.ref if token else "anyone", _key()), wish)
    with transaction():
        purchase = purchases.by_ref(begun.ref)
        return CheckoutSession(
            url=begun.address if "://" in begun.address else settings.current().base_url + begun.address,
            purchase_id=purchase.ref,
            status=purchase.payment_status,
            total=showing.amount(purchase.total),
            expires_at=showing.moment(purchase.expires_at),
        )


def _admit_anyone() -> None:
    if not cors.is_listed(request.headers.get("Origin")):
        security.require_own_origin()
    with transaction():
        limits.count(ANONYMOUS, network())


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not (len(key) in KEY_LENGTHS and key.isascii() and key.isprintable()):
        raise Invalid(_("An idempotency key has 16 to 255 visible ASCII characters, best a random UUID."))
    return key


def _wish(body: NewSession, token: Bearer | None) -> Wish:
    name = body.name.strip(" ")
    if is_of_several_lines(name) or not is_visible(name):
        raise _at("name", _("Please tell us your name; it is printed on the tickets."))
    lines = [(line.ticket_type_id, line.quantity) for line in body.lines]
    if len(dict(lines)) < len(lines):
        raise _at("lines", _("Each ticket type can stand in one line only."))
    try:
        email = address_of(body.email.strip(" "))
    except ValidationError as error:
        raise _at("email", str(error)) from error
    return Wish(
        lines=lines,
        name=name,
        email=email,
        shown="" if body.total_minor is None else str(body.total_minor),
        organisation_id=token.organisation_id if token else None,
    )


def _at(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, errors={field: [sentence]})


@bp.errorhandler(NotStarted)
def not_started(error: NotStarted) -> Response:
    sentence = _("The payment could not be begun. The places are kept; ask again with the same idempotency key.")
    response = problems.answer(502 if error.is_declined else 503, sentence, "not_started", purchaseId=error.ref)
    response.headers["Retry-After"] = "10"
    return response
