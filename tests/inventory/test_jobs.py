import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.inventory import expiry, holds
from carneau.inventory.jobs import expire_holds
from carneau.inventory.models import Hold
from tests.making import make_cart, make_event, make_pending_purchase, make_ticket_type, run_out


def hold(ticket_type, quantity=1):
    cart = make_cart(ticket_type.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, ticket_type.id, quantity, 15)
    return cart


def live_holds(ticket_type):
    with transaction():
        return db.session.scalar(
            sa.select(sa.func.count()).where(Hold.ticket_type_id == ticket_type.id, Hold.released_at.is_(None))
        )


def test_the_sweep_ends_what_has_run_out_and_nothing_else(database, invariants_hold):
    event = make_event()
    standing, seated = make_ticket_type(event), make_ticket_type(event)
    for _ in range(3):
        hold(standing, 2)
    hold(seated)
    run_out(standing.id)

    assert expire_holds() == 3
    assert (live_holds(standing), live_holds(seated)) == (0, 1)
    assert expire_holds() == 0
    invariants_hold()


def test_the_sweep_leaves_what_is_being_paid(database, invariants_hold):
    standing = make_ticket_type()
    paying = hold(standing, 2)
    purchase = make_pending_purchase(paying)
    with transaction():
        holds.hand_over(paying.id, purchase.id, 31)
    hold(standing)
    run_out(standing.id)

    assert expire_holds() == 1
    assert live_holds(standing) == 1
    invariants_hold()


def crowd(ticket_type, count):
    """`count` carts with one place each, all run out."""
    values = {"o": ticket_type.organisation_id, "t": ticket_type.id, "count": count}
    with transaction():
        for statement in (
            """INSERT INTO carts (organisation_id, visitor_digest, currency)
               SELECT :o, sha256(n::text::bytea), 'EUR' FROM generate_series(1, :count) n""",
            """INSERT INTO holds (organisation_id, cart_id, ticket_type_id, quantity, expires_at)
               SELECT :o, id, :t, 1, now() - interval '1 minute' FROM carts""",
            "UPDATE ticket_types SET held_quantity = :count WHERE id = :t",
        ):
            db.session.execute(sa.text(statement), values)


def test_the_sweep_goes_on_until_all_batches_are_done(database, invariants_hold):
    standing = make_ticket_type(total_quantity=2 * expiry.BATCH)
    crowd(standing, expiry.BATCH + 3)
    assert expire_holds() == expiry.BATCH + 3
    invariants_hold()


def test_a_type_that_cannot_be_freed_does_not_keep_the_others(database):
    event = make_event()
    broken, standing = make_ticket_type(event), make_ticket_type(event)
    hold(broken, 2)
    hold(standing, 2)
    run_out(broken.id)
    run_out(standing.id)
    with transaction():
        db.session.execute(sa.text("UPDATE ticket_types SET held_quantity = 1 WHERE id = :id"), {"id": broken.id})

    assert expire_holds() == 1
    assert (live_holds(broken), live_holds(standing)) == (1, 0)


def test_a_hold_that_someone_is_just_changing_is_left_alone(app, database, invariants_hold):
    standing = make_ticket_type()
    hold(standing)
    hold(standing)
    run_out(standing.id)
    with db.engine.connect() as busy, busy.begin():
        busy.execute(sa.text("SELECT id FROM holds ORDER BY id LIMIT 1 FOR UPDATE"))
        assert expire_holds() == 1
    assert expire_holds() == 1
    invariants_hold()
