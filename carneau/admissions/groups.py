from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.admissions import flooding
from carneau.admissions.admission import TRIES, Contested, judged
from carneau.admissions.devices import Phone
from carneau.admissions.statements import ADMIT_PARTY
from carneau.core.errors import Conflict, NotFound


class NotThatMany(Conflict):
    """Fewer of them can still come in here. Nobody was let in."""


@dataclass(frozen=True, slots=True)
class Party:
    """People who bought together: `let_in` now, `inside` of `size` in all."""

    name: str | None
    let_in: int
    inside: int
    size: int


def admit(phone: Phone, slug: str, ref: str, quantity: int, nonce: UUID, gate: str = "") -> Party:
    """Exactly `quantity` of those who belong together with this ticket, all or none, this ticket first. Committed when
    it returns, and the same nonce lets nobody in again. Raises NotLetIn, NotThatMany, NotFound."""
    flooding.require_patience(phone.token_digest)
    nonces = [uuid5(nonce, str(number)) for number in range(quantity)]
    values = phone.values | {"slug": slug, "ref": ref, "gate": gate, "nonces": nonces}
    for _try in range(TRIES):
        row = _asked(values)
        if row is not None and (row.let_in == quantity or row.is_known):
            return Party(row.name, quantity, row.inside + row.let_in, row.size)
        if row is not None and row.free < quantity:
            raise _refusal(row)
    raise Contested(_("Others are changing these tickets just now. Please try again."))


def _asked(values: dict[str, Any]) -> sa.Row[Any] | None:
    row = judged(ADMIT_PARTY, values)
    if row is None:
        return None
    if not row.is_here:
        raise NotFound(_("There is no ticket of this reference here."))
    if row.status != "published":
        raise NotThatMany(_("This event was cancelled, or is not published. Nobody is let in."))
    if not row.has_gate:
        raise NotThatMany(_("This gate is closed or gone. Please choose one of the others."))
    return row


def _refusal(row: sa.Row[Any]) -> NotThatMany:
    if not row.free:
        return NotThatMany(_("None of these tickets can come in here any more. Nobody was let in."))
    sentence = ngettext(
        "Only %(num)s of these tickets can still come in here. Nobody was let in.",
        "Only %(num)s of these tickets can still come in here. Nobody was let in.",
        row.free,
    )
    return NotThatMany(sentence)
