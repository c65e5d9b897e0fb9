from datetime import UTC, datetime


def now() -> datetime:
    """Aware UTC. For what people read; whether a hold has expired is decided by PostgreSQL's own now()."""
    return datetime.now(UTC)
