from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from carneau.admissions.models import Answer, Direction, Reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """One wish to pass: a ticket by its `code`, or by its `ref` when somebody was found by name. `scanned_at` counts
    only of what was decided offline."""

    nonce: UUID
    code: str = ""
    ref: str = ""
    gate: str = ""
    direction: Direction = Direction.ENTRY
    scanned_at: datetime | None = None
    is_offline: bool = False

    @property
    def values(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`count` of `of` are in of those who bought together; `when` and `gate` are those of the admission before, or
    `gate` is the way to go. `ticket` is the ticket's reference."""

    word: Answer
    sentence: str
    scan: UUID
    reason: Reason | None = None
    name: str | None = None
    type: str | None = None
    count: int | None = None
    of: int | None = None
    when: datetime | None = None
    gate: str | None = None
    ticket: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.word,
            "reason": self.reason,
            "sentence": self.sentence,
            "name": self.name,
            "type": self.type,
            "count": self.count,
            "of": self.of,
            "when": self.when and self.when.isoformat(),
            "gate": self.gate,
            "scan": str(self.scan),
            "ticket": self.ticket,
        }
