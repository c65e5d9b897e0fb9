from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from carneau.core import settings
from carneau.core.db import db
from carneau.email.models import Mail


def owe(subject: Any, kind: str, recipient: str, occasion: str | None = None) -> int | None:
    """Notes that a mail of this kind about `subject` (its `organisation_id` may be none) is owed; its id, or None if it
    was noted before. `occasion` tells apart several mails of one kind, as `refund:9`; else there is one for ever."""
    table = subject.__tablename__
    occasion = occasion or f"{table.removesuffix('s')}:{subject.id}"
    statement = (
        insert(Mail)
        .values(
            organisation_id=subject.organisation_id,
            key=f"{kind}:{occasion}",
            kind=kind,
            subject=table,
            subject_id=subject.id,
            recipient=recipient,
            message_id=make_msgid(domain=urlsplit(settings.current().base_url).hostname or "localhost"),
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Mail.id)
    )
    return db.session.execute(statement).scalar_one_or_none()


def begin_try(mail_id: int) -> Mail | None:
    """Counts a try; None if the mail has gone out or was given up, so that nobody sends it again."""
    return db.session.scalars(
        sa.update(Mail)
        .where(Mail.id == mail_id, Mail.sent_at.is_(None), Mail.gave_up_at.is_(None))
        .values(attempts=Mail.attempts + 1, last_tried_at=sa.func.now())
        .returning(Mail)
    ).one_or_none()


def note_sent(mail_id: int) -> None:
    db.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(sent_at=sa.func.now(), last_error=None))


def note_failure(mail_id: int, reason: str, gives_up: bool) -> None:
    values: dict[str, Any] = {"last_error": reason}
    if gives_up:
        values["gave_up_at"] = sa.func.now()
    db.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(**values))


def owe_again(mail_id: int) -> Mail | None:
    """For a mail that did not go out: forgets that it was given up. Its Message-ID stays; None if it did go out."""
    return db.session.scalars(
        sa.update(Mail).where(Mail.id == mail_id, Mail.sent_at.is_(None)).values(gave_up_at=None).returning(Mail)
    ).one_or_none()
