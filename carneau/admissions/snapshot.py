"""What a phone holds of its event so that it can decide without a network: every ticket's number, revision and state,
and the public half of the key that codes are signed with. Who may look for names has them too, with the references by
which somebody without a code is let in. A phone checks the signature itself, so no digest of a code is needed, and
nothing in here helps anybody to make one."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carneau.admissions.admission import NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.statements import MAY_SCAN
from carneau.core import settings
from carneau.core.db import db
from carneau.tickets import qr

VERSION = 2
CURSOR = re.compile(r"(?P<epoch>[0-9a-f]{8})-(?P<xid>[0-9]{1,19})")
FURTHEST_BACK = 2**30
XIDS = 2**32

# `epoch` changes with every start of PostgreSQL and with a restored database: numbers of transactions from before mean
# nothing then.
HEAD = sa.text(f"""SELECT e.id, e.organisation_id, e.status, e.time_zone, e.allows_reentry, e.door_list_minutes,
              now() AS generated_at,
              d.public_id AS device, d.sees_names,
              CAST(extract(epoch FROM e.starts_at) AS bigint) - 172800 AS origin,
              ARRAY(SELECT o.id FROM events o
                     WHERE o.organisation_id = e.organisation_id AND o.title = e.title AND o.id <> e.id) AS other_days,
              left(md5(pg_postmaster_start_time()::text || (SELECT oid FROM pg_database
                                                             WHERE datname = current_database())), 8) AS epoch,
              CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS newest
         FROM events e JOIN door_devices d ON {MAY_SCAN}
        WHERE e.slug = :slug AND d.token_digest = :token ORDER BY d.id LIMIT 1""")  # noqa: S608  joined from statements of ours; every value is bound

GATES = sa.text("""SELECT g.id, g.public_id, g.name, g.closed_at IS NOT NULL AS is_closed,
              array_remove(array_agg(x.ticket_type_id), NULL) AS types
         FROM gates g LEFT JOIN gate_ticket_types x ON x.gate_id = g.id
        WHERE g.event_id = :event_id GROUP BY g.id ORDER BY g.position, g.id""")

TYPES = sa.text("SELECT id, name FROM ticket_types WHERE event_id = :event_id ORDER BY position, id")

# The planner thinks so much of fifty thousand rows that it would compile for three seconds what takes half of one.
INTERPRET = sa.text("SET LOCAL jit = off")

# PostgreSQL writes the columns as JSON, so that fifty thousand tickets never become objects here. A ticket's number is
# told as its distance to the one before.
TICKETS = sa.text("""WITH mine AS (
           SELECT t.*, CASE t.status WHEN 'valid' THEN 'v'
                                     WHEN 'redeemed' THEN CASE WHEN t.left_at IS NULL THEN 'i' ELSE 'o' END
                                     ELSE CASE WHEN EXISTS (SELECT FROM audit_entries a
                                                WHERE a.subject = 'purchases' AND a.subject_id = t.purchase_id
                                                  AND a.action IN ('refunded', 'partially_refunded')
                                                  AND a.created_at = t.voided_at) THEN 'r' ELSE 'x' END END AS state
             FROM tickets t
            WHERE t.event_id = :event_id
              AND (CAST(:since AS text) IS NULL OR age(t.xmin) <= age(CAST(CAST(:since AS text) AS xid)))
       ), ordered AS (
           SELECT mine.id - lag(mine.id, 1, 0::bigint) OVER (ORDER BY mine.id) AS step, mine.revision, mine.state,
                  array_position(CAST(:type_ids AS bigint[]), mine.ticket_type_id) - 1 AS type,
                  CASE WHEN :with_names THEN to_json(mine.holder_name) END AS name, mine.ref,
                  mine.status = 'redeemed' AS was_in,
                  CAST(extract(epoch FROM coalesce(s.scanned_at, mine.redeemed_at)) AS bigint) - :origin AS since,
                  array_position(CAST(:gate_ids AS bigint[]), s.gate_id) - 1 AS gate
             FROM mine LEFT JOIN LATERAL (
                  SELECT s.scanned_at, s.gate_id FROM scans s
                   WHERE s.ticket_id = mine.id AND s.verdict = 'come_in' AND s.undone_at IS NULL
                   ORDER BY s.id DESC LIMIT 1) s ON mine.status = 'redeemed'
            ORDER BY mine.id
       )
       SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS xid,
              coalesce(string_agg(state, ''), '') AS state,
              string_agg(CAST(step AS text), ',') AS number, string_agg(CAST(revision AS text), ',') AS revision,
              string_agg(CAST(type AS text), ',') AS type, string_agg(CAST(name AS text), ',') AS name,
              string_agg(ref, ',') AS ref,
              string_agg(CAST(since AS text), ',') FILTER (WHERE was_in) AS since,
              string_agg(coalesce(CAST(gate AS text), 'null'), ',') FILTER (WHERE was_in) AS gate
         FROM ordered""")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`facts` are few; `tickets` is JSON already, columns of one entry a ticket, ordered by number. `since` and `gate`
    have one only for each ticket that was let in: seconds after `origin`, and the place in `gates`."""

    facts: dict[str, Any]
    tickets: str
    cursor: str
    generated_at: datetime
    is_whole: bool

    @property
    def digest(self) -> str:
        """The same for as long as nothing changed; cursor and time go on."""
        return hashlib.sha256(json.dumps(self.facts).encode() + self.tickets.encode()).hexdigest()[:24]

    def as_json(self) -> str:
        moment = {"cursor": self.cursor, "generated_at": self.generated_at.isoformat(), "is_whole": self.is_whole}
        return f'{json.dumps(self.facts | moment, ensure_ascii=False)[:-1]}, "tickets": {self.tickets}}}'


def take(phone: Phone, slug: str, since: str | None = None) -> Snapshot:
    """All tickets, or those that changed since the cursor of an earlier one. Raises NotLetIn.

    The cursor is the oldest transaction that was not over when PostgreSQL looked. Whatever was committed before stands
    in that answer; every row that this transaction or a later one writes carries a number (`xmin`) that is not smaller
    and stands in the next. So a change that was under way and invisible is told next time, and some are told twice;
    none is left out, however the commits interleave. A cursor that this database cannot have given, or gave too long
    ago, gets everything.
    """
    head = db.session.execute(HEAD, {"slug": slug, **phone.values}).one_or_none()
    if head is None:
        raise NotLetIn
    xid = _transaction(since, head)
    types = db.session.execute(TYPES, {"event_id": head.id}).all()
    gates = db.session.execute(GATES, {"event_id": head.id}).all()
    db.session.execute(INTERPRET)
    row = db.session.execute(
        TICKETS,
        {
            "event_id": head.id,
            "since": xid,
            "origin": head.origin,
            "with_names": head.sees_names,
            "type_ids": [kind.id for kind in types],
            "gate_ids": [gate.id for gate in gates],
        },
    ).one()
    facts = _facts(head, [kind.id for kind in types], gates) | {"types": [kind.name for kind in types]}
    return Snapshot(facts, _columns(row), f"{head.epoch}-{row.xid}", head.generated_at, xid is None)


def _transaction(since: str | None, head: sa.Row[Any]) -> str | None:
    found = CURSOR.fullmatch(since or "")
    if found is None or found["epoch"] != head.epoch or not 0 <= head.newest - int(found["xid"]) < FURTHEST_BACK:
        return None
    return str(int(found["xid"]) % XIDS)


def _facts(head: sa.Row[Any], type_ids: list[int], gates: Any) -> dict[str, Any]:
    return {
        "version": VERSION,
        "event": head.id,
        "device": head.device,
        "key": base64.b64encode(qr.public_key(settings.current().ticket_key).public_bytes_raw()).decode(),
        "status": head.status,
        "time_zone": head.time_zone,
        "reentry": head.allows_reentry,
        "warn_after": head.door_list_minutes * 60,
        "other_days": head.other_days,
        "origin": head.origin,
        "gates": [
            {
                "id": gate.public_id,
                "name": gate.name,
                "is_closed": gate.is_closed,
                "types": [type_ids.index(kind) for kind in gate.types],
            }
            for gate in gates
        ],
    }


def _columns(row: sa.Row[Any]) -> str:
    names = f', "name": [{row.name}], "ref": "{row.ref}"' if row.name else ""
    return (
        f'{{"number": [{row.number or ""}], "revision": [{row.revision or ""}], "state": "{row.state}",'
        f' "type": [{row.type or ""}], "since": [{row.since or ""}], "gate": [{row.gate or ""}]{names}}}'
    )
