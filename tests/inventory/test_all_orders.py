"""Every verb in any order, against a model of a dozen lines; I1 and I2 are looked at after each step."""

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from carneau.core.db import db, transaction
from carneau.inventory import holds
from carneau.inventory.jobs import expire_holds
from carneau.ops import invariants
from tests.making import make_cart, make_event, make_pending_purchase, make_ticket_type

CARTS, TYPES, TOTAL = range(3), range(2), 8
carts, types, quantities = st.sampled_from(CARTS), st.sampled_from(TYPES), st.integers(1, 6)


class Stock(RuleBasedStateMachine):
    """`lines` has (cart, type) -> [quantity, "live" | "lost" | "paid"]; lost means run out, swept or not."""

    def __init__(self):
        super().__init__()
        event = make_event()
        self.types = [make_ticket_type(event, total_quantity=TOTAL) for _ in TYPES]
        self.carts = [make_cart(event.organisation_id) for _ in CARTS]
        self.lines, self.sold, self.purchases = {}, dict.fromkeys(TYPES, 0), {}

    def do(self, verb, *arguments):
        with transaction():
            try:
                return verb(*arguments)
            except (holds.SoldOut, holds.HoldExpired, holds.BeingPaid) as refusal:
                return type(refusal)

    def state(self, cart, kind):
        return self.lines.get((cart, kind), [0, "none"])[1]

    def of_cart(self, cart, *states):
        return {line: entry for line, entry in self.lines.items() if line[0] == cart and entry[1] in states}

    def free(self, kind):
        taken = sum(q for (_cart, k), (q, state) in self.lines.items() if k == kind and state in ("live", "paid"))
        return TOTAL - self.sold[kind] - taken

    def room(self, cart, kind):
        own = self.lines[cart, kind][0] if self.state(cart, kind) == "live" else 0
        return own + self.free(kind)

    @rule(cart=carts, kind=types, quantity=quantities)
    def take(self, cart, kind, quantity):
        ids = (self.carts[cart].id, self.carts[cart].organisation_id, self.types[kind].id)
        answer = self.do(holds.take, *ids, quantity, 15)
        if self.state(cart, kind) == "paid":
            assert answer is holds.BeingPaid
        elif quantity > self.room(cart, kind):
            assert answer is holds.SoldOut
        else:
            assert not isinstance(answer, type)
            self.lines[cart, kind] = [quantity, "live"]

    @rule(cart=carts, kind=types, quantity=quantities)
    def change(self, cart, kind, quantity):
        answer = self.do(holds.change, self.carts[cart].id, self.types[kind].id, quantity)
        state = self.state(cart, kind)
        if state != "live":
            assert answer is (holds.BeingPaid if state == "paid" else holds.HoldExpired)
        elif quantity > self.room(cart, kind):
            assert answer is holds.SoldOut
        else:
            self.lines[cart, kind][0] = quantity

    @rule(cart=carts, kind=types)
    def release(self, cart, kind):
        self.do(holds.release, self.carts[cart].id, self.types[kind].id)
        if self.state(cart, kind) != "paid":
            self.lines.pop((cart, kind), None)

    @rule(cart=carts)
    def release_cart(self, cart):
        self.do(holds.release_cart, self.carts[cart].id)
        for line in self.of_cart(cart, "live", "lost"):
            del self.lines[line]

    @rule(cart=carts)
    def extend(self, cart):
        answer = self.do(holds.extend, self.carts[cart].id, 20)
        assert (answer is holds.HoldExpired) == (not self.of_cart(cart, "live"))

    @rule(cart=carts)
    def run_out(self, cart):
        with transaction():
            db.session.execute(
                sa.text("UPDATE holds SET expires_at = now() WHERE cart_id = :c"), {"c": self.carts[cart].id}
            )
        for entry in self.of_cart(cart, "live").values():
            entry[1] = "lost"

    @rule()
    def sweep(self):
        expire_holds()

    @rule(cart=carts)
    def hand_over(self, cart):
        purchase = make_pending_purchase(self.carts[cart])
        answer = self.do(holds.hand_over, self.carts[cart].id, purchase.id, 31)
        live = self.of_cart(cart, "live")
        if not live or self.of_cart(cart, "lost", "paid"):
            assert answer is holds.HoldExpired
            return
        assert dict(answer) == {self.types[kind].id: entry[0] for (_cart, kind), entry in live.items()}
        self.purchases[cart] = purchase.id
        for entry in live.values():
            entry[1] = "paid"

    @precondition(lambda self: self.purchases)
    @rule(cart=carts)
    def hand_back(self, cart):
        self.do(holds.hand_back, self.purchases.pop(cart, 0), 15)
        for entry in self.of_cart(cart, "paid").values():
            entry[1] = "live"

    @precondition(lambda self: self.purchases)
    @rule(cart=carts)
    def release_purchase(self, cart):
        self.do(holds.release_purchase, self.purchases.pop(cart, 0))
        for entry in self.of_cart(cart, "paid").values():
            entry[1] = "lost"

    @precondition(lambda self: self.purchases)
    @rule(cart=carts)
    def sell(self, cart):
        sold = self.do(holds.sell, self.purchases.pop(cart, 0))
        for line, (quantity, _state) in self.of_cart(cart, "paid").items():
            assert sold[self.types[line[1]].id] == quantity
            self.sold[line[1]] += quantity
            del self.lines[line]

    @rule(kind=types, quantity=quantities)
    def sell_free(self, kind, quantity):
        fits = quantity <= self.free(kind)
        assert self.do(holds.sell_free, self.types[kind].id, quantity) is fits
        self.sold[kind] += quantity if fits else 0

    @precondition(lambda self: any(self.sold.values()))
    @rule(kind=types, quantity=quantities)
    def give_back(self, kind, quantity):
        quantity = min(quantity, self.sold[kind])
        self.do(holds.give_back, self.types[kind].id, quantity)
        self.sold[kind] -= quantity

    @invariant()
    def counters_are_true(self):
        with transaction():
            for name in ("I1 no type is oversold", "I2 held equals the live holds"):
                assert db.session.execute(sa.text(invariants.QUERIES[name])).all() == []
            sold = sa.text("SELECT id, sold_quantity FROM ticket_types WHERE id = ANY(:ids)")
            assert dict(db.session.execute(sold, {"ids": [kind.id for kind in self.types]}).all()) == {
                self.types[kind].id: quantity for kind, quantity in self.sold.items()
            }


def test_verbs_in_any_order_keep_the_counters_true(database):
    run_state_machine_as_test(
        Stock,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
