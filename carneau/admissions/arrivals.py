"""How many are in: by ticket type, by gate and by the minute, and why others were refused. One statement for all of it:
it reads the tickets and the scans of the event once each, and adds up what is left of them, a row for each gate and
minute, three times."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db

COUNTS = sa.text(
    """SELECT 'type' AS kind, t.public_id AS key, t.name, t.position, NULL::timestamptz AS minute,
              coalesce(k.sold, 0) AS sold, coalesce(k.came, 0) AS came, coalesce(k.gone, 0) AS gone, 0 AS refused
         FROM ticket_types t LEFT JOIN (
              SELECT ticket_type_id, count(*) FILTER (WHERE status <> 'void') AS sold,
                     count(*) FILTER (WHERE status = 'redeemed') AS came, count(left_at) AS gone
                FROM tickets WHERE event_id = :event_id GROUP BY 1) k ON k.ticket_type_id = t.id
        WHERE t.event_id = :event_id
    UNION ALL
       SELECT 'gate', public_id, name, position, NULL, 0, 0, 0, 0 FROM gates WHERE event_id = :event_id
    UNION ALL
       SELECT CASE s.others WHEN 3 THEN 'gate' WHEN 5 THEN 'minute' ELSE 'refusal' END,
              coalesce(g.public_id, s.refusal, ''), '', 2147483647, s.minute, 0, s.came, s.gone, s.refused
         FROM (SELECT gate_id, minute, refusal, grouping(gate_id, minute, refusal) AS others,
                      coalesce(sum(number) FILTER (WHERE verdict = 'come_in'), 0)::bigint AS came,
                      coalesce(sum(number) FILTER (WHERE verdict = 'exit'), 0)::bigint AS gone,
                      coalesce(sum(number) FILTER (WHERE refusal IS NOT NULL), 0)::bigint AS refused
                 FROM (SELECT gate_id, verdict, count(*) AS number,
                              CASE verdict WHEN 'come_in' THEN date_bin('1 minute', scanned_at, 'epoch') END AS minute,
                              CASE verdict WHEN 'not_valid' THEN reason WHEN 'already_in' THEN verdict END AS refusal
                         FROM scans WHERE event_id = :event_id AND undone_at IS NULL
                     GROUP BY gate_id, verdict, minute, refusal) seen
             GROUP BY GROUPING SETS ((gate_id), (minute), (refusal))) s
         LEFT JOIN gates g ON g.id = s.gate_id
     ORDER BY position, name"""
)


@dataclass(slots=True)
class OfType:
    """`came` and `gone` count people, however often they went in and out."""

    name: str
    sold: int
    came: int
    gone: int

    @property
    def inside(self) -> int:
        return self.came - self.gone

    @property
    def expected(self) -> int:
        """Sold, and not here yet."""
        return self.sold - self.came


@dataclass(slots=True)
class OfGate:
    """`came` and `gone` count passages. Without a name: what was scanned without choosing a gate."""

    name: str
    came: int = 0
    gone: int = 0
    refused: int = 0


@dataclass(slots=True)
class Counts:
    """`refusals` by reason, or `already_in`."""

    types: list[OfType] = field(default_factory=list)
    gates: dict[str, OfGate] = field(default_factory=dict)
    minutes: dict[datetime, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> OfType:
        sold, came, gone = (sum(getattr(each, name) for each in self.types) for name in ("sold", "came", "gone"))
        return OfType("", sold, came, gone)


def of(event: Event) -> Counts:
    counts = Counts()
    for row in db.session.execute(COUNTS, {"event_id": event.id}):
        if row.kind == "type":
            counts.types.append(OfType(row.name, row.sold, row.came, row.gone))
        elif row.kind == "gate":
            _add(counts.gates, row)
        elif row.kind == "minute" and row.came:
            counts.minutes[row.minute] = row.came
        elif row.kind == "refusal" and row.refused:
            counts.refusals[row.key] = row.refused
    return counts


def _add(gates: dict[str, OfGate], row: sa.Row[tuple[object, ...]]) -> None:
    if row.key or row.came or row.gone or row.refused:
        gate = gates.setdefault(row.key, OfGate(row.name))
        gate.came, gate.gone, gate.refused = gate.came + row.came, gate.gone + row.gone, gate.refused + row.refused
