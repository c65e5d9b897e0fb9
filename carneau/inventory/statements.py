"""The statements that move stock. Each is one round trip with its condition inside, so nothing can come between a look
and a leap. Locks are taken in one order everywhere: type by type in id order, and of a type one's own hold before the
counters. Only ending other people's holds locks the counters first, and then never waits for a hold. `now()` is
PostgreSQL's, for everyone the same."""

import sqlalchemy as sa

# A claim lost in a crash loses nothing, so its commit need not wait for the disk; WAL order still puts it before any
# sale built on it. `mine` locks the row of an earlier hold of this cart (lost, run out, or alive) whose places, if
# they still count, are given up for the new number. Two first claims of one cart that nobody serialised find no `mine`
# and both count, so both quantities are kept.
TAKE = sa.text(
    """WITH mine AS (
           SELECT id, purchase_id, CASE WHEN released_at IS NULL THEN quantity ELSE 0 END AS counted
             FROM holds WHERE cart_id = :cart_id AND ticket_type_id = :ticket_type_id FOR UPDATE
       ), wish AS (
           SELECT :quantity - coalesce((SELECT counted FROM mine), 0) AS more,
                  set_config('synchronous_commit', 'off', true) AS lazily
            WHERE NOT EXISTS (SELECT FROM mine WHERE purchase_id IS NOT NULL)
              AND :quantity + (SELECT coalesce(sum(quantity), 0) FROM holds WHERE cart_id = :cart_id
                                  AND ticket_type_id <> :ticket_type_id AND released_at IS NULL) <= :most
       ), claimed AS (
           UPDATE ticket_types t SET held_quantity = t.held_quantity + wish.more FROM wish
            WHERE t.id = :ticket_type_id AND t.organisation_id = :organisation_id
              AND t.held_quantity + t.sold_quantity + wish.more <= t.total_quantity
        RETURNING t.id
       )
       INSERT INTO holds (organisation_id, cart_id, ticket_type_id, quantity, expires_at)
       SELECT :organisation_id, :cart_id, claimed.id, :quantity,
              coalesce((SELECT min(expires_at) FROM holds WHERE cart_id = :cart_id AND released_at IS NULL
                           AND purchase_id IS NULL AND expires_at > now()),
                       now() + make_interval(mins => :minutes))
         FROM claimed
           ON CONFLICT (cart_id, ticket_type_id) DO UPDATE
          SET released_at = NULL, expires_at = EXCLUDED.expires_at,
              quantity = EXCLUDED.quantity + CASE WHEN holds.released_at IS NULL AND NOT EXISTS (SELECT FROM mine)
                                                  THEN holds.quantity ELSE 0 END
    RETURNING expires_at"""
)

# The hottest path there is: who comes without a cart, for places of one type. All of it is one statement and so one
# transaction, with no other round trip while the counters are locked; it therefore asks here, and here alone, what
# `catalogue.wording.closed` asks: whether the type is on sale. Where it does nothing, the slower way says why. The cart
# is nobody else's yet, so there is nothing of it to lock and nothing beside the wish to count. `network` stands apart:
# as a condition it would be counted again for everyone who waited for the row. It goes from cart to cart, because a
# join planned while the tables were small compares every hold with every cart once they are not.
TAKE_FIRST = sa.text(
    """WITH network AS MATERIALIZED (
           SELECT coalesce(sum(live.quantity), 0) AS places
             FROM carts c CROSS JOIN LATERAL (
                  SELECT sum(h.quantity) FILTER (WHERE h.released_at IS NULL
                                AND (h.purchase_id IS NOT NULL OR h.expires_at > now())) AS quantity
                    FROM holds h WHERE h.cart_id = c.id) live
            WHERE c.network_digest = CAST(:network_digest AS bytea)
       ), claimed AS (
           UPDATE ticket_types t SET held_quantity = t.held_quantity + :quantity
             FROM events e, network, (SELECT set_config('synchronous_commit', 'off', true) AS off) lazily
            WHERE t.public_id = :public_id AND e.id = t.event_id AND lazily.off IS NOT NULL
              AND e.status = 'published' AND e.ends_at > now()
              AND (t.on_sale_from IS NULL OR t.on_sale_from <= now())
              AND (t.on_sale_until IS NULL OR t.on_sale_until > now())
              AND :quantity BETWEEN t.min_per_order AND least(t.max_per_order, :most)
              AND t.held_quantity + t.sold_quantity + :quantity <= t.total_quantity
              AND network.places < :most_of_network
        RETURNING t.id, t.organisation_id, t.currency, now() + make_interval(mins => e.hold_minutes) AS until
       ), cart AS (
           INSERT INTO carts (organisation_id, visitor_digest, currency, network_digest)
           SELECT organisation_id, :visitor_digest, currency, CAST(:network_digest AS bytea) FROM claimed RETURNING id
       )
       INSERT INTO holds (organisation_id, cart_id, ticket_type_id, quantity, expires_at)
       SELECT claimed.organisation_id, cart.id, claimed.id, :quantity, claimed.until FROM claimed, cart
    RETURNING expires_at"""
)

CHANGE = sa.text(
    """WITH mine AS (
           SELECT id, :quantity - quantity AS more FROM holds
            WHERE cart_id = :cart_id AND ticket_type_id = :ticket_type_id
              AND released_at IS NULL AND purchase_id IS NULL AND expires_at > now() FOR UPDATE
       ), wish AS (
           SELECT id, more FROM mine
            WHERE :quantity + (SELECT coalesce(sum(quantity), 0) FROM holds WHERE cart_id = :cart_id
                                  AND ticket_type_id <> :ticket_type_id AND released_at IS NULL) <= :most
       ), counted AS (
           UPDATE ticket_types t SET held_quantity = t.held_quantity + wish.more FROM wish
            WHERE t.id = :ticket_type_id AND t.held_quantity + t.sold_quantity + wish.more <= t.total_quantity
        RETURNING wish.id
       )
       UPDATE holds SET quantity = :quantity FROM counted WHERE holds.id = counted.id RETURNING holds.expires_at"""
)

RELEASE = sa.text(
    """WITH gone AS (
           DELETE FROM holds WHERE cart_id = :cart_id AND purchase_id IS NULL
              AND ticket_type_id = coalesce(:ticket_type_id, ticket_type_id)
        RETURNING ticket_type_id, quantity, released_at
       ), ordered AS (
           SELECT t.id, gone.quantity FROM ticket_types t JOIN gone ON gone.ticket_type_id = t.id
            WHERE gone.released_at IS NULL ORDER BY t.id FOR NO KEY UPDATE OF t
       )
       UPDATE ticket_types t SET held_quantity = t.held_quantity - ordered.quantity FROM ordered
        WHERE t.id = ordered.id RETURNING t.id"""
)

# Whoever needs the places waits here for a sweep that is just freeing them, and then has the counters to itself.
# SKIP LOCKED: a hold that its own visitor is just changing or taking again is none of ours.
FREE_EXPIRED = sa.text(
    """WITH stock AS (
           SELECT id FROM ticket_types WHERE id = :ticket_type_id FOR NO KEY UPDATE
       ), expired AS (
           SELECT id FROM holds WHERE ticket_type_id = (SELECT id FROM stock) AND released_at IS NULL
              AND purchase_id IS NULL AND expires_at <= now()
            ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED
       ), released AS (
           UPDATE holds SET released_at = now() FROM expired WHERE holds.id = expired.id RETURNING holds.quantity
       ), freed AS (
           SELECT count(*) AS holds, coalesce(sum(quantity), 0) AS quantity FROM released
       )
       UPDATE ticket_types t SET held_quantity = t.held_quantity - freed.quantity FROM freed
        WHERE t.id = :ticket_type_id AND freed.holds > 0 RETURNING freed.holds"""
)

EXTEND = sa.text(
    """WITH mine AS (
           SELECT id FROM holds WHERE cart_id = :cart_id AND released_at IS NULL AND purchase_id IS NULL
              AND expires_at > now() ORDER BY ticket_type_id FOR UPDATE
       )
       UPDATE holds SET expires_at = now() + make_interval(mins => :minutes) FROM mine
        WHERE holds.id = mine.id RETURNING holds.expires_at"""
)

HAND_OVER = sa.text(
    """WITH mine AS (
           SELECT id, released_at IS NULL AND purchase_id IS NULL AND expires_at > now() AS is_live
             FROM holds WHERE cart_id = :cart_id ORDER BY ticket_type_id FOR UPDATE
       )
       UPDATE holds SET purchase_id = :purchase_id, expires_at = now() + make_interval(mins => :minutes)
         FROM mine WHERE holds.id = mine.id AND (SELECT bool_and(is_live) FROM mine)
    RETURNING holds.ticket_type_id, holds.quantity"""
)

HAND_BACK = sa.text(
    """UPDATE holds SET purchase_id = NULL, expires_at = now() + make_interval(mins => :minutes)
        WHERE purchase_id = :purchase_id"""
)

RELEASE_PURCHASE = sa.text(
    """WITH gone AS (
           UPDATE holds SET released_at = now(), purchase_id = NULL WHERE purchase_id = :purchase_id
        RETURNING ticket_type_id, quantity
       ), ordered AS (
           SELECT t.id, gone.quantity FROM ticket_types t JOIN gone ON gone.ticket_type_id = t.id
            ORDER BY t.id FOR NO KEY UPDATE OF t
       )
       UPDATE ticket_types t SET held_quantity = t.held_quantity - ordered.quantity FROM ordered
        WHERE t.id = ordered.id RETURNING t.id"""
)

SELL = sa.text(
    """WITH gone AS (
           DELETE FROM holds WHERE purchase_id = :purchase_id RETURNING ticket_type_id, quantity
       ), ordered AS (
           SELECT t.id, gone.quantity FROM ticket_types t JOIN gone ON gone.ticket_type_id = t.id
            ORDER BY t.id FOR NO KEY UPDATE OF t
       )
       UPDATE ticket_types t SET held_quantity = t.held_quantity - ordered.quantity,
                                 sold_quantity = t.sold_quantity + ordered.quantity
         FROM ordered WHERE t.id = ordered.id RETURNING t.id, ordered.quantity"""
)

SELL_FREE = sa.text(
    """UPDATE ticket_types SET sold_quantity = sold_quantity + :quantity
        WHERE id = :ticket_type_id AND held_quantity + sold_quantity + :quantity <= total_quantity RETURNING 1"""
)

GIVE_BACK = sa.text("UPDATE ticket_types SET sold_quantity = sold_quantity - :quantity WHERE id = :ticket_type_id")

WITHDRAW = sa.text(
    """UPDATE ticket_types SET sold_quantity = sold_quantity - :quantity, total_quantity = total_quantity - :quantity
        WHERE id = :ticket_type_id"""
)

CHANGE_TOTAL = sa.text(
    """UPDATE ticket_types SET total_quantity = :total
        WHERE id = :ticket_type_id AND held_quantity + sold_quantity <= :total RETURNING 1"""
)

LOCK_STOCK = sa.text(
    """SELECT held_quantity, sold_quantity FROM ticket_types
        WHERE id = ANY(:ticket_type_ids) ORDER BY id FOR UPDATE"""
)

FORGET_SPENT = sa.text("DELETE FROM holds WHERE ticket_type_id = ANY(:ticket_type_ids) AND released_at IS NOT NULL")

EXPIRED_TYPES = sa.text(
    """SELECT DISTINCT ticket_type_id FROM holds
        WHERE released_at IS NULL AND purchase_id IS NULL AND expires_at <= now() ORDER BY ticket_type_id"""
)

# Places whose hold has run out but was not swept yet are to be had: a claim frees them itself.
AVAILABILITY = sa.text(
    """SELECT t.id, t.total_quantity AS total, t.sold_quantity AS sold,
              t.held_quantity - coalesce(expired.quantity, 0) AS held, latest.back_by
         FROM ticket_types t
         LEFT JOIN LATERAL (SELECT sum(quantity) AS quantity FROM holds h WHERE h.ticket_type_id = t.id
                               AND h.released_at IS NULL AND h.purchase_id IS NULL AND h.expires_at <= now()
              ) expired ON true
         LEFT JOIN LATERAL (SELECT max(expires_at) AS back_by FROM holds h WHERE h.ticket_type_id = t.id
                               AND h.released_at IS NULL AND h.expires_at > now()
                               AND h.cart_id IS DISTINCT FROM :apart_from) latest ON true
        WHERE t.id = ANY(:ticket_type_ids)"""
)

CART_SHARE = sa.text(
    """SELECT coalesce(sum(quantity) FILTER (WHERE ticket_type_id = :ticket_type_id AND expires_at > now()), 0) AS own,
              coalesce(sum(quantity) FILTER (WHERE ticket_type_id <> :ticket_type_id), 0) AS beside,
              count(purchase_id) FILTER (WHERE ticket_type_id = :ticket_type_id) > 0 AS is_paid
         FROM holds WHERE cart_id = :cart_id AND released_at IS NULL"""
)
