from datetime import timedelta

import sqlalchemy as sa

from carneau.accounts.models import OneTimeLink, Tally
from carneau.core.db import rows_changed, transaction
from carneau.email.models import Mail

# A mail is tried for more than a day, and it is composed from its link.
KEPT = timedelta(days=7)


def forget_old() -> int:
    """Links, tallies and sent mails that say nothing any more: who asked for a mail without an account is not kept."""
    with transaction():
        links = sa.delete(OneTimeLink).where(OneTimeLink.expires_at < sa.func.now() - KEPT)
        tallies = sa.delete(Tally).where(Tally.resets_at < sa.func.now())
        about_accounts = sa.delete(Mail).where(Mail.organisation_id.is_(None), Mail.sent_at < sa.func.now() - KEPT)
        return sum(map(rows_changed, (links, tallies, about_accounts)))
