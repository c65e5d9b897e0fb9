"""Scans that a phone decided by itself, told when it found the network again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from carneau.admissions import admission, reading
from carneau.admissions.admission import Contested, NotLetIn
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer, Reason
from carneau.admissions.statements import DEVICE, MAY_SCAN, THERE_SINCE
from carneau.admissions.verdicts import Attempt, Verdict
from carneau.core import crash
from carneau.core.db import db, single_statement
from carneau.core.errors import Invalid

PASSED = (Answer.COME_IN, Answer.EXIT)
MOST_AT_ONCE = 500

# Somebody who was refused at the door did not come in, whatever we would say today: it is noted as it was shown.
NOTE_REFUSAL = sa.text(f"""WITH {DEVICE}, noted AS (
           INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, direction, verdict,
                              reason, scanned_at, is_offline)
           SELECT device.organisation_id, device.event_id, t.id, gate.id, device.id, CAST(:nonce AS uuid),
                  CAST(:direction AS text), CAST(:shown AS text), CAST(:reason AS text),
                  greatest({THERE_SINCE}, least(now(), CAST(:scanned_at AS timestamptz))), true
             FROM device LEFT JOIN gate ON true
             LEFT JOIN tickets t ON t.organisation_id = device.organisation_id
                       AND t.id = coalesce(CAST(:ticket_id AS bigint), (SELECT r.id FROM tickets r WHERE r.ref = :ref))
               ON CONFLICT (device_id, nonce) DO NOTHING
        RETURNING verdict, reason
       )
       SELECT coalesce(noted.verdict, s.verdict) AS verdict, coalesce(noted.reason, s.reason) AS reason
         FROM device LEFT JOIN noted ON true
         LEFT JOIN scans s ON s.device_id = device.id AND s.nonce = CAST(:nonce AS uuid)""")  # noqa: S608  as in admissions.statements

NOTE_SYNC = sa.text(f"""UPDATE door_devices SET last_seen_at = now(), last_sync_at = now(),
              queue_length = :queue_length, scan_p95_ms = coalesce(:p95_ms, scan_p95_ms)
        WHERE id = (SELECT d.id FROM events e JOIN door_devices d ON {MAY_SCAN}
                     WHERE e.slug = :slug AND d.token_digest = :token ORDER BY d.id LIMIT 1)
    RETURNING id""")  # noqa: S608  as in admissions.statements


@dataclass(frozen=True, slots=True)
class Queued:
    """A scan and what the phone showed for it."""

    attempt: Attempt
    shown: Answer
    reason: Reason | None = None


def settle(phone: Phone, slug: str, queued: Iterable[Queued]) -> list[Verdict | None]:
    """In the order in which they were made, each committed by itself: whatever ends the batch, what was done is done,
    and the same batch again gets the same verdicts. None stands for a scan to be sent again later. A `come_in` that was
    shown and is none here is a conflict, and its row says so. Not inside a transaction. Raises NotLetIn and TooFast."""
    verdicts = []
    for scan in queued:
        verdicts.append(_passed(phone, slug, scan.attempt) if scan.shown in PASSED else _refused(phone, slug, scan))
        crash.point("amid_sync")
    return verdicts


def note_sync(phone: Phone, slug: str, queue_length: int, p95_ms: int | None) -> None:
    """That the phone was heard of, and what it says of itself. Raises NotLetIn."""
    values = {"slug": slug, "queue_length": queue_length, "p95_ms": p95_ms}
    if db.session.scalar(NOTE_SYNC, values | phone.values) is None:
        raise NotLetIn


def _passed(phone: Phone, slug: str, attempt: Attempt) -> Verdict | None:
    try:
        return admission.admit(phone, slug, attempt)
    except Contested:
        return None
    except Invalid as refusal:
        if "gate" in refusal.errors:
            return _passed(phone, slug, replace(attempt, gate=""))
        return Verdict(Answer.NOT_VALID, str(refusal), attempt.nonce, Reason.UNKNOWN)


def _refused(phone: Phone, slug: str, scan: Queued) -> Verdict | None:
    read = reading.read(scan.attempt.code)
    reason = (scan.reason or Reason.UNKNOWN) if scan.shown is Answer.NOT_VALID else None
    values = asdict(scan.attempt) | asdict(read) | {"slug": slug, "shown": scan.shown, "reason": reason}
    with single_statement() as connection:
        row = connection.execute(NOTE_REFUSAL, values | phone.values).one_or_none()
    if row is None:
        raise NotLetIn
    if row.verdict is None:
        return None
    return Verdict(Answer(row.verdict), "", scan.attempt.nonce, row.reason and Reason(row.reason))
