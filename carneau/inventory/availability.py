from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from carneau.core.db import db
from carneau.inventory.statements import AVAILABILITY


@dataclass(frozen=True, slots=True)
class Availability:
    """Numbers of places. `held` are in other people's carts and payments; `back_by` is when the last of those holds
    ends if nobody buys, None when nothing is held."""

    total: int
    sold: int
    held: int
    back_by: datetime | None

    @property
    def remaining(self) -> int:
        return self.total - self.sold - self.held


def of(ticket_type_ids: Collection[int], apart_from: int | None = None) -> dict[int, Availability]:
    """`apart_from` is a cart whose own holds say nothing of when places come back to it; they still count as held."""
    values = {"ticket_type_ids": list(ticket_type_ids), "apart_from": apart_from}
    rows = db.session.execute(AVAILABILITY, values)
    return {row.id: Availability(row.total, row.sold, row.held, row.back_by if row.held else None) for row in rows}
