"""Somebody pays a Checkout Session. Done twice it has one effect."""

from carneau.standalone.stripe import charges, intents, refund_outcomes, sessions
from carneau.standalone.stripe.cards import Refusal, refusal_of
from carneau.standalone.stripe.errors import ApiProblem
from carneau.standalone.stripe.events import emit
from carneau.standalone.stripe.means import Means
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

RETURNED = Refusal("payment_intent_payment_attempt_failed", None, "The customer's bank returned the debit.")


class Over(ApiProblem):
    """Nobody can pay a session that has expired."""


def pay(world: World, session_id: str, means: Means) -> Refusal | None:
    session = world.load("checkout.session", session_id)
    if session["status"] == "complete":
        return None
    if session["status"] == "expired":
        raise Over("This Checkout Session has expired.", param="session")
    session["customer_details"] = details_of(session, means)
    if session["amount_total"] == 0:
        complete(world, session, "no_payment_required")
        return None
    intent = intents.open_for(world, session)
    if not means.is_card:
        debit(world, session, intent, means)
        return None
    if refusal := refusal_of(means.number):
        decline(world, session, intent, means, refusal)
        return refusal
    charge = world.store.put(charges.build(world, intent, means, "succeeded"))
    emit(world, "charge.succeeded", charge)
    intents.succeed(world, intent, charge)
    complete(world, session, "paid")
    return None


def debit(world: World, session: Json, intent: Json, means: Means) -> None:
    charge = world.store.put(charges.build(world, intent, means, "pending"))
    emit(world, "charge.pending", charge)
    intents.process(world, intent, charge)
    complete(world, session, "unpaid")


def decline(world: World, session: Json, intent: Json, means: Means, refusal: Refusal) -> None:
    charge = world.store.put(charges.refuse(charges.build(world, intent, means, "failed"), refusal))
    emit(world, "charge.failed", charge)
    intents.fail(world, intent, charge, refusal)
    world.store.put(session, due_at=session["expires_at"])


def complete(world: World, session: Json, payment_status: str) -> None:
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    settles_at = None
    if payment_status == "unpaid" and world.switches.settle_after_seconds is not None:
        settles_at = world.clock.now() + int(world.switches.settle_after_seconds)
    world.store.put(session, due_at=settles_at)
    emit(world, "checkout.session.completed", session)


def details_of(session: Json, means: Means) -> Json:
    return {
        "address": charges.NO_ADDRESS,
        "business_name": None,
        "email": means.email or session["customer_email"],
        "individual_name": None,
        "name": means.name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def settle(world: World, session_id: str, succeeded: bool = True) -> Json:
    """The bank's answer to a delayed payment; a second answer changes nothing."""
    session = world.load("checkout.session", session_id)
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        return session
    intent = world.load("payment_intent", session["payment_intent"])
    if intent["status"] != "processing":
        return session
    charge = world.load("charge", intent["latest_charge"])
    if succeeded:
        arrive(world, session, intent, charge)
    else:
        bounce(world, session, intent, charge)
    return session


def arrive(world: World, session: Json, intent: Json, charge: Json) -> None:
    charge = world.store.put(charges.settle(charge))
    emit(world, "charge.succeeded", charge)
    intents.succeed(world, intent, charge)
    session["payment_status"] = "paid"
    world.store.put(session)
    emit(world, "checkout.session.async_payment_succeeded", session)


def bounce(world: World, session: Json, intent: Json, charge: Json) -> None:
    charge = world.store.put(charges.refuse(charge, RETURNED))
    emit(world, "charge.failed", charge)
    intents.fail(world, intent, charge, RETURNED)
    world.store.put(session)
    emit(world, "checkout.session.async_payment_failed", session)


def catch_up(world: World) -> None:
    """What time has brought: sessions expire, refunds arrive, delayed payments settle if a switch says so."""
    for thing in world.store.due(world.clock.now()):
        if thing["object"] == "refund":
            refund_outcomes.settle(world, thing["id"])
        elif thing["status"] == "open":
            sessions.close(world, thing)
        else:
            settle(world, thing["id"], world.switches.settle_succeeds)
