from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from carneau.admissions import flooding, quick, reading, wording
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer, Reason
from carneau.admissions.statements import ADMIT, TICKET_FACTS
from carneau.admissions.verdicts import Attempt, Verdict
from carneau.core import crash
from carneau.core.db import single_statement
from carneau.core.errors import Conflict, Forbidden, Invalid

TRIES = 5


class NotLetIn(Forbidden):
    """This phone may not scan here (any more)."""

    def __init__(self) -> None:
        super().__init__(_("This phone may not scan here any more. Ask who is in charge for a new link."))


class Contested(Conflict):
    """Others changed the same ticket again and again while it was read."""


def admit(phone: Phone, slug: str, attempt: Attempt) -> Verdict:
    """Committed when it returns. The same nonce gets the same verdict, whatever happened in between. Not inside a
    transaction. Raises NotLetIn, TooFast, or Invalid for a gate that is gone and a nonce that named another ticket."""
    flooding.require_patience(phone.token_digest)
    read = reading.Reading() if attempt.ref else reading.read(attempt.code)
    crash.point("before_admitting")
    entered = quick.let_in(phone, slug, attempt, read) if quick.may_be(attempt, read) else None
    if entered is not None:
        crash.point("after_admitting")
        return _of_entry(attempt, entered)
    values = {"slug": slug, "most": flooding.MOST_REFUSALS, "seconds": flooding.SECONDS}
    values |= phone.values | attempt.values | read.values
    row = _settled(values)
    crash.point("after_admitting")
    return _verdict(row, attempt, values)


def _settled(values: dict[str, Any]) -> sa.Row[Any]:
    """Whoever lost a race reads again, and then sees who won."""
    for _try in range(TRIES):
        row = judged(ADMIT, values)
        if row is None:
            continue
        if row.verdict:
            return row
        if row.is_flood:
            flooding.block(values["token"])
            raise flooding.TooFast
        if not row.has_gate:
            sentence = _("This gate is gone. Please choose one of the others.")
            raise Invalid(sentence, {"gate": [sentence]})
    raise Contested(_("Others are changing this ticket just now. Please scan it again."))


def judged(statement: sa.TextClause, values: dict[str, Any]) -> sa.Row[Any] | None:
    """None for who lost a race, and asks again. Raises NotLetIn."""
    try:
        with single_statement() as connection:
            row = connection.execute(statement, values).one_or_none()
    except IntegrityError as error:
        if isinstance(error.orig, quick.LOST):
            return None
        raise
    if row is None:
        raise NotLetIn
    return row


def _of_entry(attempt: Attempt, row: sa.Row[Any]) -> Verdict:
    return Verdict(
        word=Answer.COME_IN,
        sentence=wording.of_entry(row.inside, row.size),
        scan=attempt.nonce,
        name=row.name,
        type=row.type,
        count=row.inside,
        of=row.size,
        ticket=row.ticket,
    )


def _verdict(row: sa.Row[Any], attempt: Attempt, values: dict[str, Any]) -> Verdict:
    if row.is_other_ticket:
        raise Invalid(_("This attempt was made with another ticket before. Please scan again."))
    word, reason = Answer(row.verdict), row.reason and Reason(row.reason)
    facts = _facts(values) if reason else None
    is_others = reason is Reason.PASSED_ON
    return Verdict(
        word=word,
        sentence=_sentence(word, row, facts),
        scan=attempt.nonce,
        reason=reason,
        name=None if is_others else row.name,
        type=row.type,
        count=row.inside,
        of=row.size,
        when=row.when,
        gate=" / ".join(facts.gates or ()) if facts and reason is Reason.WRONG_GATE else row.gate,
        ticket=None if is_others else row.ticket,
    )


def _facts(values: dict[str, Any]) -> sa.Row[Any] | None:
    if values["ticket_id"] is None and not values["ref"]:
        return None
    with single_statement() as connection:
        return connection.execute(TICKET_FACTS, values).one_or_none()


def _sentence(word: Answer, row: sa.Row[Any], facts: sa.Row[Any] | None) -> str:
    match word:
        case Answer.COME_IN:
            return wording.of_entry(row.inside, row.size)
        case Answer.EXIT:
            return wording.of_exit(row.allows_reentry)
        case Answer.ALREADY_IN:
            return wording.of_second_entry(row.when, row.gate, row.left_at, row.time_zone)
    return wording.of_refusal(Reason(row.reason), facts)
