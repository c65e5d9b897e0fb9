"""What becomes of a refund after it was accepted: it arrives, or the bank sends it back."""

from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.refunds import updated
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World


def settle(world: World, refund_id: str, succeeded: bool = True) -> Json:
    """A refund that succeeded may still fail later, as Stripe warns; one that failed stays failed."""
    refund = world.load("refund", refund_id)
    before = refund["status"]
    if before == "failed" or (succeeded and before == "succeeded"):
        return refund
    refund["status"] = "succeeded" if succeeded else "failed"
    if not succeeded:
        refund["failure_reason"] = "expired_or_canceled_card"
        emit(world, "refund.failed", refund, previous={"status": before})
    world.store.put(refund)
    note_on_charge(world, refund)
    updated(world, refund, before)
    return refund


def note_on_charge(world: World, refund: Json) -> None:
    charge = world.load("charge", refund["charge"])
    charge["refunds"]["data"] = [refund if each["id"] == refund["id"] else each for each in charge["refunds"]["data"]]
    if refund["status"] == "failed":
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        emit(world, "charge.updated", charge)
    world.store.put(charge)
