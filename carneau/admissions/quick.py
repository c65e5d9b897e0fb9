"""What happens at a door thousands of times: a valid ticket, online, for the first time. It costs a third of the
statement that also knows every reason to refuse; where this one lets nobody in, that one says why."""

from typing import Any

import psycopg.errors
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from carneau.admissions.devices import Phone
from carneau.admissions.models import Direction
from carneau.admissions.reading import Reading
from carneau.admissions.statements import BY_LINK, IS_UNSEEN, MAY_SCAN, SEEN
from carneau.admissions.verdicts import Attempt
from carneau.core.db import single_statement

# Another request noted this attempt meanwhile, or the gate was removed after it was looked at.
LOST = (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation)
AT_GATE = """JOIN gates g ON g.public_id = %(gate)s AND g.event_id = e.id AND g.closed_at IS NULL"""
FITS = """AND (NOT EXISTS (SELECT FROM gate_ticket_types x WHERE x.gate_id = device.gate_id)
   OR EXISTS (SELECT FROM gate_ticket_types x
               WHERE x.gate_id = device.gate_id AND x.ticket_type_id = t.ticket_type_id))"""


def _statement(may_scan: str, gate_id: str, gate: str, fits: str) -> str:
    """On few letters: psycopg keeps what it found out about a statement only up to 4,096 of them. A nonce that was used
    before is a row twice, which undoes the whole statement."""
    text = f"""WITH device AS MATERIALIZED (
        SELECT d.id, d.organisation_id, d.sees_names, {IS_UNSEEN}, e.id AS event_id, {gate_id} AS gate_id
          FROM events e JOIN door_devices d ON {may_scan} {gate}
         WHERE e.slug = %(slug)s AND e.status = 'published' AND d.token_digest = %(token)s ORDER BY d.id LIMIT 1
    ), let_in AS (
        UPDATE tickets t SET status = 'redeemed', redeemed_at = now() FROM device
         WHERE t.id = %(ticket_id)s AND t.event_id = device.event_id AND t.status = 'valid'
           AND t.revision = %(revision)s {fits}
        RETURNING t.id, t.ref, t.holder_name, t.holder_email, t.purchase_id, t.ticket_type_id
    ), noted AS (
        INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, verdict, scanned_at)
        SELECT device.organisation_id, device.event_id, let_in.id, device.gate_id, device.id, %(nonce)s, 'come_in',
               now() FROM device, let_in
    ), {SEEN}
    SELECT let_in.ref AS ticket, CASE WHEN device.sees_names THEN let_in.holder_name END AS name, k.name AS type,
           party.size, party.inside + 1 AS inside
      FROM device, let_in JOIN ticket_types k ON k.id = let_in.ticket_type_id, LATERAL (
           SELECT count(*) AS size, count(*) FILTER (WHERE p.status = 'redeemed') AS inside FROM tickets p
            WHERE p.purchase_id = let_in.purchase_id AND p.event_id = device.event_id AND p.status <> 'void'
              AND coalesce(p.holder_email, '') = coalesce(let_in.holder_email, '')) party"""  # noqa: S608  joined from statements of ours; every value is bound
    return " ".join(text.split())


def _for_driver(condition: str) -> str:
    return condition.replace(":user_id", "%(user_id)s").replace(":session_version", "%(session_version)s")


STATEMENTS = {
    (is_member, has_gate): _statement(
        _for_driver(MAY_SCAN if is_member else BY_LINK),
        "g.id" if has_gate else "NULL::bigint",
        AT_GATE if has_gate else "",
        FITS if has_gate else "",
    )
    for is_member in (False, True)
    for has_gate in (False, True)
}


def may_be(attempt: Attempt, read: Reading) -> bool:
    return read.ticket_id is not None and attempt.direction is Direction.ENTRY and not attempt.is_offline


def let_in(phone: Phone, slug: str, attempt: Attempt, read: Reading) -> sa.Row[Any] | None:
    statement = STATEMENTS[phone.user_id is not None, bool(attempt.gate)]
    values = phone.values | {
        "slug": slug,
        "gate": attempt.gate,
        "nonce": attempt.nonce,
        "ticket_id": read.ticket_id,
        "revision": read.revision,
    }
    try:
        with single_statement() as connection:
            return connection.exec_driver_sql(statement, values).one_or_none()
    except IntegrityError as error:
        if isinstance(error.orig, LOST):
            return None
        raise
