"""The verbs as one would write them first: look, then leap. The controls of the race tests run these, and must fail.
`between` is called after the look; a barrier there makes sure that everyone has looked before anyone leaps."""

import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.inventory import holds

LIVE = "released_at IS NULL AND purchase_id IS NULL AND expires_at > now()"


def _one(statement, **values):
    return db.session.execute(sa.text(statement), values).one_or_none()


def _do(statement, **values):
    db.session.execute(sa.text(statement), values)


def take(cart, ticket_type, quantity, between):
    with transaction():
        stock = _one(
            "SELECT total_quantity, held_quantity, sold_quantity FROM ticket_types WHERE id = :t", t=ticket_type.id
        )
    if stock.held_quantity + stock.sold_quantity + quantity > stock.total_quantity:
        raise holds.HoldExpired
    between()
    with transaction():
        _do(
            "UPDATE ticket_types SET held_quantity = :h WHERE id = :t",
            h=stock.held_quantity + quantity,
            t=ticket_type.id,
        )
        _do(
            """INSERT INTO holds (organisation_id, cart_id, ticket_type_id, quantity, expires_at)
               VALUES (:o, :c, :t, :q, now() + interval '15 minutes')""",
            o=cart.organisation_id,
            c=cart.id,
            t=ticket_type.id,
            q=quantity,
        )


def change(cart, ticket_type, quantity, between):
    mine = {"c": cart.id, "t": ticket_type.id}
    with transaction():
        hold = _one(f"SELECT quantity FROM holds WHERE cart_id = :c AND ticket_type_id = :t AND {LIVE}", **mine)
    between()
    with transaction():
        _do(
            "UPDATE ticket_types SET held_quantity = held_quantity + :m WHERE id = :t",
            m=quantity - hold.quantity,
            t=ticket_type.id,
        )
        _do("UPDATE holds SET quantity = :q WHERE cart_id = :c AND ticket_type_id = :t", q=quantity, **mine)


def extend(cart, between):
    with transaction():
        assert _one(f"SELECT count(*) FROM holds WHERE cart_id = :c AND {LIVE}", c=cart.id).count
    between()
    with transaction():
        _do(
            "UPDATE holds SET expires_at = now() + interval '15 minutes', released_at = NULL WHERE cart_id = :c",
            c=cart.id,
        )


def expire(ticket_type, between):
    with transaction():
        over = db.session.execute(
            sa.text(
                "SELECT id, quantity FROM holds"
                " WHERE ticket_type_id = :t AND released_at IS NULL AND expires_at <= now()"
            ),
            {"t": ticket_type.id},
        ).all()
    between()
    for hold in over:
        with transaction():
            _do("UPDATE holds SET released_at = now() WHERE id = :h", h=hold.id)
            _do(
                "UPDATE ticket_types SET held_quantity = held_quantity - :q WHERE id = :t",
                q=hold.quantity,
                t=ticket_type.id,
            )


def admit(phone, ticket, between):
    with transaction():
        device = _one("SELECT id FROM door_devices WHERE token_digest = :d", d=phone.token_digest)
        seen = _one("SELECT status, event_id, organisation_id FROM tickets WHERE id = :k", k=ticket.id)
    if seen.status != "valid":
        return "already_in"
    between()
    with transaction():
        _do("UPDATE tickets SET status = 'redeemed', redeemed_at = now() WHERE id = :k", k=ticket.id)
        _do(
            """INSERT INTO scans (organisation_id, event_id, ticket_id, device_id, nonce, verdict, scanned_at)
               VALUES (:o, :e, :k, :d, gen_random_uuid(), 'come_in', now())""",
            o=seen.organisation_id,
            e=seen.event_id,
            k=ticket.id,
            d=device.id,
        )
    return "come_in"
