"""What a scanner hands over: the code alone, or the link that the QR holds."""

import re
from dataclasses import dataclass

from carneau.admissions.models import Reason
from carneau.tickets import qr

LONGEST = 400
CODE = re.compile(r"[A-Za-z2-7]{122}\Z")


@dataclass(frozen=True, slots=True)
class Reading:
    """Of a genuine code the numbers it holds; else `unread` says what is wrong with it."""

    event_id: int | None = None
    ticket_id: int | None = None
    revision: int | None = None
    unread: Reason | None = None

    @property
    def values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


def read(text: str) -> Reading:
    text = text.strip() if len(text) <= LONGEST else ""
    found = CODE.search(text)
    if found is None:
        return Reading(unread=Reason.UNKNOWN)
    try:
        event_id, ticket_id, revision = qr.read(found[0])
    except qr.InvalidCode:
        return Reading(unread=Reason.FORGED)
    return Reading(event_id, ticket_id, revision)
