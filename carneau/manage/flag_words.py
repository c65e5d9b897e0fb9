"""Why a person must look at a payment, and what is safe to do, in words."""

from flask_babel import gettext as _

from carneau.core.money import Money
from carneau.payments.comparing import Difference
from carneau.payments.flags import Flag
from carneau.web import filters


def happened(flag: Flag) -> str:
    ours, said = _ours(flag), _said(flag)
    words: dict[str, str] = {
        "refund failed": _("A refund failed: the money is with you again, and the buyer waits for it."),
        "disputed": _("The buyer's bank claims %(ours)s back (a dispute).", ours=ours),
        "amount": _(
            "Stripe took %(said)s, but %(ours)s was to be paid. Nothing was sold for it.", said=said, ours=ours
        ),
        "currency": _(
            "Stripe took %(said)s, but it was to be paid in another currency: %(ours)s. Nothing was sold for it.",
            said=said,
            ours=ours,
        ),
        "livemode": _("A payment in Stripe's test mode came for a purchase in live mode, or the other way round."),
        "metadata": _("Stripe names another purchase or payment in this one than we do. Nothing was sold for it."),
        "session": _("This purchase was paid on another page of Stripe's than the one we had opened for it."),
        "refund of another amount": _(
            "Stripe reports a refund of a payment of another amount than ours: %(ours)s.", ours=ours
        ),
    }
    return words.get(flag.row.reason) or str(
        _("It does not agree with what Stripe says: %(what)s.", what=flag.row.reason)
    )


def to_do(flag: Flag) -> str:
    if flag.can_be_tried:
        return str(
            _(
                "Try it again here: Stripe is asked first how much is left, and no more than that is sent."
                " If the card is gone, agree with the buyer on another way, and note it."
            )
        )
    if flag.row.reason == "refund failed":
        return str(
            _(
                "The refund was begun in Stripe's dashboard, or sent again since:"
                " look at the payment there, and note what you find."
            )
        )
    if flag.row.reason == "disputed":
        return str(
            _(
                "Answer it in Stripe's dashboard before its date. Do not refund it as well: that would pay twice."
                " The tickets stay valid until you take them back."
            )
        )
    return str(
        _(
            "Look at the payment in Stripe's dashboard. If the buyer shall have nothing for it, refund it there;"
            " if they shall have tickets, give them at the box office as “Paid elsewhere”. Then note it here."
        )
    )


def _ours(flag: Flag) -> str:
    return filters.money(Money(flag.payment.amount_minor, flag.payment.currency))


def _said(flag: Flag) -> str:
    payment = flag.payment
    if payment.said_paid_minor is None:
        return str(_("another amount"))
    return filters.money(Money(payment.said_paid_minor, payment.said_currency or payment.currency))


def difference(found: Difference) -> str:
    """What differs between us and Stripe, and what to do about it."""
    ours = filters.money(Money(found.paid_minor, found.our_currency))
    said = filters.money(Money(found.said_paid_minor, found.currency))
    if found.is_missing:
        return str(
            _(
                "We counted %(ours)s as paid, and Stripe's list does not have it. Look for it in Stripe's dashboard"
                " (is it the same account?) before you give anything back.",
                ours=ours,
            )
        )
    if found.paid_minor != found.said_paid_minor or found.currency != found.our_currency:
        return str(
            _(
                "Stripe took %(said)s, we count %(ours)s. The page of the purchase says why, and what is safe to do.",
                said=said,
                ours=ours,
            )
        )
    return str(
        _(
            "Stripe gave back %(said)s, we count %(ours)s. If a refund was made or failed in Stripe's dashboard a"
            " moment ago, ask again in a minute; else look at the refunds of the purchase.",
            said=filters.money(Money(found.said_refunded_minor, found.currency)),
            ours=filters.money(Money(found.refunded_minor, found.currency)),
        )
    )
