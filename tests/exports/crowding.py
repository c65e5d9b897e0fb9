import sqlalchemy as sa

from carneau.core.db import db, transaction

CROWD = sa.text(
    """INSERT INTO tickets (organisation_id, ref, event_id, purchase_id, purchase_line_id, ticket_type_id, position,
                            holder_name)
       SELECT organisation_id, 'R' || g, event_id, purchase_id, purchase_line_id, ticket_type_id, g, 'Guest ' || g
         FROM tickets, generate_series(2, :number) g"""
)


def crowd(number: int) -> None:
    """As many tickets of the one that there is."""
    with transaction():
        db.session.execute(sa.text("SET LOCAL statement_timeout = '60s'"))
        db.session.execute(CROWD, {"number": number})
