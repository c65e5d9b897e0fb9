"""What must always hold, each as a query that returns no row. Run after every race and fault, and by `flask doctor`."""

import sqlalchemy as sa

from carneau.core.db import db

QUERIES = {
    "I1 no type is oversold": """
        SELECT id FROM ticket_types
         WHERE held_quantity < 0 OR sold_quantity < 0 OR held_quantity + sold_quantity > total_quantity""",
    "I2 held equals the live holds": """
        SELECT t.id, t.held_quantity, coalesce(sum(h.quantity), 0) AS rows FROM ticket_types t
          LEFT JOIN holds h ON h.ticket_type_id = t.id AND h.released_at IS NULL
         GROUP BY t.id HAVING t.held_quantity <> coalesce(sum(h.quantity), 0)""",
    "I2 sold equals the paid lines": """
        SELECT t.id, t.sold_quantity, coalesce(sum(l.quantity - l.refunded_quantity), 0) AS rows FROM ticket_types t
          LEFT JOIN (purchase_lines l JOIN purchases p ON p.id = l.purchase_id
                     AND p.payment_status IN ('succeeded', 'partially_refunded')) ON l.ticket_type_id = t.id
         GROUP BY t.id HAVING t.sold_quantity <> coalesce(sum(l.quantity - l.refunded_quantity), 0)""",
    "I3 a paid line has its tickets, another none": """
        SELECT l.id, p.payment_status, count(k.id) AS tickets FROM purchase_lines l
          JOIN purchases p ON p.id = l.purchase_id
          LEFT JOIN tickets k ON k.purchase_line_id = l.id
                AND (k.status = 'valid' OR (k.status = 'redeemed' AND p.payment_status <> 'refunded'))
         GROUP BY l.id, p.id
        HAVING count(k.id) <> CASE WHEN p.payment_status IN ('succeeded', 'partially_refunded')
                                   THEN l.quantity - l.refunded_quantity ELSE 0 END""",
    "I4 the purchase is the sum of its lines": """
        SELECT p.id FROM purchases p JOIN purchase_lines l ON l.purchase_id = p.id
         GROUP BY p.id HAVING p.lines_minor <> sum(l.quantity * l.unit_price_minor)
            OR p.fee_minor <> sum(l.quantity * l.unit_fee_minor)
            OR p.lines_minor - p.discount_minor + p.fee_minor + p.tax_minor <> p.total_minor""",
    "I4 one currency from event to payment": """
        SELECT p.id FROM purchases p JOIN purchase_lines l ON l.purchase_id = p.id
          JOIN events e ON e.id = l.event_id JOIN ticket_types t ON t.id = l.ticket_type_id
          LEFT JOIN payments y ON y.purchase_id = p.id
         WHERE p.currency <> e.currency OR p.currency <> t.currency
            OR p.currency <> coalesce(y.currency, p.currency)""",
    "I5 redeemed agrees with its time": """
        SELECT id FROM tickets WHERE (status = 'redeemed') <> (redeemed_at IS NOT NULL)""",
    "I5 a redeemed ticket was let in, at the time of its first scan that counts": """
        SELECT t.id, t.redeemed_at, s.scanned_at FROM tickets t
          LEFT JOIN LATERAL (SELECT scanned_at FROM scans WHERE ticket_id = t.id AND verdict = 'come_in'
                                AND undone_at IS NULL ORDER BY id LIMIT 1) s ON true
         WHERE t.redeemed_at IS DISTINCT FROM s.scanned_at""",
    "I5 a ticket is used at most once, or once more for each time it left": """
        SELECT t.id, t.left_at FROM tickets t
          JOIN scans s ON s.ticket_id = t.id AND s.undone_at IS NULL AND s.verdict IN ('come_in', 'exit')
         GROUP BY t.id HAVING count(*) FILTER (WHERE s.verdict = 'come_in') - count(*) FILTER (WHERE s.verdict = 'exit')
                           <> CASE WHEN t.left_at IS NULL THEN 1 ELSE 0 END""",
    "I6 what Stripe took has tickets or goes back in full": """
        SELECT y.id FROM payments y JOIN purchases p ON p.id = y.purchase_id
         WHERE y.paid_at IS NOT NULL AND p.payment_status NOT IN ('succeeded', 'partially_refunded', 'refunded')
           AND y.amount_minor <> (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r
                                   WHERE r.payment_id = y.id AND r.status <> 'failed')""",
    "I6 nothing is fulfilled that was not paid": """
        SELECT p.id FROM purchases p
         WHERE p.payment_status IN ('succeeded', 'partially_refunded', 'refunded') AND p.total_minor > 0
           AND p.cart_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM payments y WHERE y.purchase_id = p.id AND y.paid_at IS NOT NULL
                              AND y.amount_minor = p.total_minor AND y.currency = p.currency)""",
    "I6 what is fulfilled keeps exactly one payment": """
        SELECT p.id FROM purchases p
         WHERE p.payment_status IN ('succeeded', 'partially_refunded') AND p.total_minor > 0 AND p.cart_id IS NOT NULL
           AND (SELECT count(*) FROM payments y WHERE y.purchase_id = p.id AND y.paid_at IS NOT NULL
                   AND y.sent_back IS NULL) <> 1""",
    "I6 no more goes back than was taken": """
        SELECT y.id FROM payments y JOIN refunds r ON r.payment_id = y.id AND r.status <> 'failed'
         GROUP BY y.id HAVING y.paid_at IS NULL OR sum(r.amount_minor) > y.amount_minor""",
    "I6 a purchase counts every refund of an organiser": """
        SELECT p.id FROM purchases p JOIN refunds r ON r.purchase_id = p.id AND r.status <> 'failed'
          LEFT JOIN payments y ON y.id = r.payment_id
         WHERE y.sent_back IS NULL
         GROUP BY p.id HAVING p.refunded_minor < sum(r.amount_minor)""",
    "I7 a paid purchase has one confirmation, another none": """
        SELECT p.id FROM purchases p
          LEFT JOIN mails m ON m.kind = 'confirmation' AND m.subject = 'purchases' AND m.subject_id = p.id
         GROUP BY p.id
        HAVING count(m.id) <> CASE WHEN p.paid_at IS NULL THEN 0 ELSE 1 END""",
    "I9 mails have the organisation of their purchase": """
        SELECT m.id FROM mails m JOIN purchases p ON m.subject = 'purchases' AND p.id = m.subject_id
         WHERE m.organisation_id <> p.organisation_id""",
    "I13 every state of a purchase has its audit entry": """
        SELECT p.id, p.payment_status FROM purchases p
         WHERE NOT EXISTS (SELECT 1 FROM audit_entries a WHERE a.subject = 'purchases' AND a.subject_id = p.id
                              AND a.action = p.payment_status)""",
}


def violations() -> dict[str, list[dict[str, object]]]:
    """The broken invariants with the rows (at most five each) that break them; empty when all is well."""
    found = {}
    for name, query in QUERIES.items():
        rows = db.session.execute(sa.text(query + "\nLIMIT 5")).mappings().all()
        if rows:
            found[name] = [dict(row) for row in rows]
    return found
