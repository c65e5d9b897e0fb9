"""How often something may be tried. Counted in PostgreSQL, so that logging in does not depend on Redis."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import Tally
from carneau.core import clock, codes
from carneau.core.db import db
from carneau.core.errors import Conflict

# One statement, so that two tries at once are two. A window that is over begins anew; a full one gives no row.
COUNT = sa.text(
    """INSERT INTO tallies AS t (key, count, resets_at) VALUES (:key, 1, now() + :window)
       ON CONFLICT (key) DO UPDATE
          SET count = CASE WHEN t.resets_at <= now() THEN 1 ELSE t.count + 1 END,
              resets_at = CASE WHEN t.resets_at <= now() THEN now() + :window ELSE t.resets_at END
        WHERE t.resets_at <= now() OR t.count < :most
    RETURNING count"""
)


@dataclass(frozen=True, slots=True)
class Limit:
    name: str
    most: int
    window: timedelta


PASSWORDS_OF_ACCOUNT = Limit("passwords of account", 10, timedelta(minutes=15))
PASSWORDS_FROM_NETWORK = Limit("passwords from network", 60, timedelta(minutes=15))
CODES_OF_ACCOUNT = Limit("second factor of account", 10, timedelta(minutes=15))
MAILS_TO_ADDRESS = Limit("mails to address", 5, timedelta(hours=1))
MAILS_FROM_NETWORK = Limit("mails from network", 30, timedelta(hours=1))


class TooOften(Conflict):
    def __init__(self, resets_at: datetime) -> None:
        self.seconds = max(1, round((resets_at - clock.now()).total_seconds()))
        minutes = -(-self.seconds // 60)
        super().__init__(
            _(
                "This was tried too often. It is possible again in %(minutes)s minutes, from %(time)s UTC on.",
                minutes=minutes,
                time=(resets_at + timedelta(seconds=59)).strftime("%H:%M"),
            )
        )


def count(limit: Limit, who: str) -> None:
    """Raises TooOften, and then counts nothing of the transaction it stands in."""
    key = _key(limit, who)
    values = {"key": key, "most": limit.most, "window": limit.window}
    if db.session.execute(COUNT, values).scalar_one_or_none() is None:
        raise TooOften(db.session.scalars(sa.select(Tally.resets_at).where(Tally.key == key)).one())


def forget(limit: Limit, who: str) -> None:
    db.session.execute(sa.delete(Tally).where(Tally.key == _key(limit, who)))


def _key(limit: Limit, who: str) -> bytes:
    return codes.digest(f"{limit.name}\n{who.lower()}")
