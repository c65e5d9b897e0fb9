import sqlalchemy as sa

from carneau.core.db import db, transaction

FEW = 100
OUTGROWN = sa.text(
    """SELECT s.relname FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
        WHERE s.n_mod_since_analyze > :few + greatest(c.reltuples, 0) ORDER BY s.relname"""
)


def refresh() -> list[str]:
    """Has PostgreSQL look again at the tables that changed by more than what it knew of them; their names. Autovacuum
    looks once a minute, and an on-sale is over by then: all the while every claim would go by plans made for nearly
    empty tables, and read all the carts to find one. Waits for nobody who is at the same table."""
    with transaction():
        names = list(db.session.scalars(OUTGROWN, {"few": FEW}))
    quote = db.engine.dialect.identifier_preparer.quote
    for name in names:
        with transaction():
            db.session.execute(sa.text(f"ANALYZE (SKIP_LOCKED) {quote(name)}"))
    return names
