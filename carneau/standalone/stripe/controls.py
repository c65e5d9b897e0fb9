"""The hand behind the curtain: what a test, a benchmark or the simulator's own page may make happen."""

from typing import Any, NamedTuple

from carneau.standalone.stripe import disputes, paying, refund_outcomes, refunds, sessions
from carneau.standalone.stripe.cards import Refusal
from carneau.standalone.stripe.courier import sign
from carneau.standalone.stripe.errors import ApiProblem
from carneau.standalone.stripe.events import payload_of
from carneau.standalone.stripe.means import Means
from carneau.standalone.stripe.rendering import render
from carneau.standalone.stripe.settings import Switches
from carneau.standalone.stripe.store import Json
from carneau.standalone.stripe.world import World

GOOD_CARD = "4242424242424242"


class Signed(NamedTuple):
    """The raw body and the `Stripe-Signature` header of one webhook request."""

    payload: str
    header: str


class Controls:
    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def switches(self) -> Switches:
        return self.world.switches

    def pay(
        self, session_id: str, card: str = GOOD_CARD, *, method: str | None = None, email: str | None = None
    ) -> Refusal | None:
        """`method="delayed"` takes the session's bank debit. A refused card comes back, it is not raised."""
        number = "".join(card.split())
        with self.world.store.transaction():
            session = self.world.load("checkout.session", session_id)
            return paying.pay(self.world, session_id, means_for(session, number, method, email))

    def settle_delayed(self, session_id: str, succeeded: bool = True) -> Json:
        with self.world.store.transaction():
            return render(self.world, paying.settle(self.world, session_id, succeeded))

    def expire(self, session_id: str) -> Json:
        with self.world.store.transaction():
            return render(self.world, sessions.expire(self.world, {}, session_id))

    def refund(self, charge: str, amount: int | None = None) -> Json:
        params: dict[str, Any] = {"charge": charge} | ({} if amount is None else {"amount": amount})
        with self.world.store.transaction():
            return render(self.world, refunds.create(self.world, params))

    def settle_refund(self, refund_id: str, succeeded: bool = True) -> Json:
        with self.world.store.transaction():
            return render(self.world, refund_outcomes.settle(self.world, refund_id, succeeded))

    def dispute(self, charge: str, reason: str = "fraudulent") -> Json:
        with self.world.store.transaction():
            return render(self.world, disputes.open_on(self.world, charge, reason))

    def close_dispute(self, dispute_id: str, won: bool) -> Json:
        with self.world.store.transaction():
            return render(self.world, disputes.close(self.world, dispute_id, won))

    def charge_of(self, session_id: str) -> str:
        session = self.world.load("checkout.session", session_id)
        if not session["payment_intent"]:
            raise ApiProblem("Nobody has tried to pay this session yet.", param="session")
        return str(self.world.load("payment_intent", session["payment_intent"])["latest_charge"])

    def advance(self, seconds: float) -> None:
        """Moves the simulated clock; what falls due then happens now."""
        self.world.clock.advance(seconds)
        with self.world.store.transaction():
            paying.catch_up(self.world)

    def session(self, session_id: str) -> Json:
        return render(self.world, self.world.load("checkout.session", session_id))

    def events(self, type: str | None = None) -> list[Json]:
        """Oldest first."""
        where: list[tuple[str, Any]] = [("kind = ?", "event"), ("type GLOB ?", type or "*")]
        found = self.world.store.page(where, 100_000, oldest_first=True)
        return [render(self.world, event) for event in found]

    def signed(self, event: Json, timestamp: int | None = None) -> Signed:
        payload = payload_of(event)
        return Signed(payload, sign(payload, self.world.settings.webhook_secret, timestamp))

    def deliveries(self, type: str | None = None) -> list[Signed]:
        """What the webhook is (or, with delivery switched off, would be) sent, oldest first, signed now."""
        wanted = self.world.settings.webhook_events
        return [self.signed(event) for event in self.events(type) if event["type"] in wanted]


def means_for(session: Json, number: str, method: str | None, email: str | None) -> Means:
    delayed = [each for each in session["payment_method_types"] if each != "card"]
    if method == "delayed":
        return Means(method=delayed[0], email=email)
    return Means(method=method or "card", number=number, email=email)
