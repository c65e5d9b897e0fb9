"""The statements of the door. Each judges and changes in one round trip: nothing comes between a look and a leap."""

import sqlalchemy as sa

# Whether the device `d` may scan at the event `e` right now. A door link's phone: as long as the link and the device
# live. A member's: as long as this session and a role that belongs at the door do.
LIVES = """d.organisation_id = e.organisation_id AND d.revoked_at IS NULL
    AND (d.expires_at IS NULL OR d.expires_at > now())"""
OF_LINK = """EXISTS (SELECT FROM door_links l JOIN door_link_events le ON le.door_link_id = l.id
                  WHERE l.id = d.door_link_id AND le.event_id = e.id
                    AND l.revoked_at IS NULL AND l.expires_at > now())"""
OF_MEMBER = """EXISTS (SELECT FROM organisation_members m JOIN users u ON u.id = m.user_id
                  WHERE m.user_id = d.user_id AND m.organisation_id = d.organisation_id
                    AND m.role IN ('owner', 'manager', 'door') AND (m.event_id IS NULL OR m.event_id = e.id)
                    AND u.id = CAST(:user_id AS bigint) AND u.session_version = CAST(:session_version AS integer))"""
BY_LINK = f"{LIVES} AND {OF_LINK}"
MAY_SCAN = f"{LIVES} AND ({OF_LINK} OR {OF_MEMBER})"

# A device that scans is seen, noted once a minute. It comes after the ticket: whoever waits for the one holds no other.
IS_UNSEEN = "coalesce(d.last_seen_at < now() - interval '1 minute', true) AS is_unseen"
SEEN = """seen AS (UPDATE door_devices d SET last_seen_at = now() FROM device
    WHERE device.is_unseen AND d.id = device.id AND coalesce(d.last_seen_at < now() - interval '1 minute', true))"""

# A clock that runs wrong moves no scan before its phone was there, by whichever link it first came.
THERE_SINCE = """(SELECT min(o.created_at) FROM door_devices o
                     WHERE o.token_digest = :token AND o.organisation_id = device.organisation_id)"""

DEVICE = f"""device AS MATERIALIZED (
           SELECT d.id, d.organisation_id, d.sees_names, {IS_UNSEEN}, e.id AS event_id, e.title, e.status,
                  e.time_zone, e.allows_reentry
             FROM events e JOIN door_devices d ON {MAY_SCAN}
            WHERE e.slug = :slug AND d.token_digest = :token ORDER BY d.id LIMIT 1
       ), gate AS MATERIALIZED (
           SELECT g.id, g.name, g.closed_at FROM gates g JOIN device ON device.event_id = g.event_id
            WHERE g.public_id = :gate
       )"""  # noqa: S608  parts of ours; every value is bound

# One attempt. `known` is the same attempt made before: nothing happens again. `judged` is why the ticket cannot pass,
# as this statement sees it; the UPDATE asks the row once more under its lock. Of two scans at once the second finds
# the row changed while its own sight of it is the old one: it then has no word, notes nothing, and is made again.
# A flooding device is answered nothing. No row at all: the device may not scan here.
ADMIT = sa.text(f"""WITH {DEVICE}, known AS MATERIALIZED (
           SELECT s.id, s.ticket_id, s.verdict, s.reason, s.is_conflict
             FROM scans s JOIN device ON device.id = s.device_id WHERE s.nonce = CAST(:nonce AS uuid)
       ), stopped AS MATERIALIZED (
           SELECT count(*) >= CAST(:most AS integer) AS is_flood FROM (
               SELECT FROM scans s JOIN device ON device.id = s.device_id
                WHERE s.verdict IN ('already_in', 'not_valid') AND NOT s.is_offline
                  AND s.recorded_at > now() - make_interval(secs => :seconds) LIMIT CAST(:most AS integer)) refused
       ), ticket AS MATERIALIZED (
           SELECT t.id, t.ref, t.event_id, t.ticket_type_id, t.purchase_id, t.revision, t.status, t.redeemed_at,
                  t.left_at, t.voided_at, t.holder_name, t.holder_email
             FROM tickets t JOIN device ON device.organisation_id = t.organisation_id
            WHERE t.id = coalesce(CAST(:ticket_id AS bigint), (SELECT r.id FROM tickets r WHERE r.ref = :ref))
       ), judged AS MATERIALIZED (
           SELECT CASE
               WHEN CAST(:unread AS text) IS NOT NULL THEN CAST(:unread AS text)
               WHEN device.status = 'cancelled' THEN 'cancelled'
               WHEN device.status <> 'published' THEN 'not_open'
               WHEN ticket.id IS NULL AND CAST(:event_id AS bigint) <> device.event_id THEN 'other_event'
               WHEN ticket.id IS NULL THEN 'unknown'
               WHEN ticket.event_id <> device.event_id THEN
                    CASE (SELECT title FROM events WHERE id = ticket.event_id)
                         WHEN device.title THEN 'other_day' ELSE 'other_event' END
               WHEN ticket.status = 'void' THEN
                    CASE WHEN EXISTS (SELECT FROM audit_entries a
                                       WHERE a.subject = 'purchases' AND a.subject_id = ticket.purchase_id
                                         AND a.action IN ('refunded', 'partially_refunded')
                                         AND a.created_at = ticket.voided_at) THEN 'refunded' ELSE 'void' END
               WHEN CAST(:revision AS integer) < ticket.revision THEN 'passed_on'
               WHEN CAST(:revision AS integer) > ticket.revision THEN 'unknown'
               WHEN CAST(:direction AS text) = 'entry' AND NOT CAST(:is_offline AS boolean)
                    AND EXISTS (SELECT FROM gate WHERE gate.closed_at IS NOT NULL) THEN 'wrong_gate'
               WHEN CAST(:direction AS text) = 'entry' AND EXISTS (
                    SELECT FROM gate_ticket_types x JOIN gate ON gate.id = x.gate_id
                    HAVING count(*) > 0 AND NOT bool_or(x.ticket_type_id = ticket.ticket_type_id)) THEN 'wrong_gate'
               WHEN CAST(:direction AS text) = 'exit' AND (ticket.status <> 'redeemed' OR ticket.left_at IS NOT NULL)
                    THEN 'not_inside'
               END AS reason,
               (CAST(:gate AS text) = '' OR EXISTS (SELECT FROM gate)) AS has_gate,
               CASE WHEN CAST(:is_offline AS boolean)
                    THEN greatest({THERE_SINCE}, least(now(), CAST(:scanned_at AS timestamptz)))
                    ELSE now() END AS at
             FROM device LEFT JOIN ticket ON true
       ), let_in AS (
           UPDATE tickets t SET status = 'redeemed', redeemed_at = coalesce(t.redeemed_at, judged.at),
                  left_at = CASE CAST(:direction AS text) WHEN 'exit' THEN greatest(judged.at, t.redeemed_at) END
             FROM device, judged
            WHERE t.id = (SELECT id FROM ticket) AND t.event_id = device.event_id
              AND judged.reason IS NULL AND judged.has_gate
              AND NOT EXISTS (SELECT FROM known) AND NOT (SELECT is_flood FROM stopped)
              AND t.revision = coalesce(CAST(:revision AS integer), t.revision)
              AND CASE CAST(:direction AS text) WHEN 'exit' THEN t.status = 'redeemed' AND t.left_at IS NULL
                  ELSE t.status = 'valid' OR (t.left_at IS NOT NULL AND device.allows_reentry) END
        RETURNING t.id
       ), answer AS MATERIALIZED (
           SELECT CASE
               WHEN EXISTS (SELECT FROM known) THEN (SELECT verdict FROM known)
               WHEN NOT judged.has_gate OR (SELECT is_flood FROM stopped) THEN NULL
               WHEN EXISTS (SELECT FROM let_in) THEN
                    CASE CAST(:direction AS text) WHEN 'exit' THEN 'exit' ELSE 'come_in' END
               WHEN judged.reason IS NOT NULL THEN 'not_valid'
               WHEN CAST(:direction AS text) = 'entry' AND ticket.status = 'redeemed'
                    AND (ticket.left_at IS NULL OR NOT device.allows_reentry) THEN 'already_in'
               END AS word
             FROM device JOIN judged ON true LEFT JOIN ticket ON true
       ), noted AS (
           INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, direction, verdict,
                              reason, scanned_at, is_offline, is_conflict)
           SELECT device.organisation_id, device.event_id, ticket.id, gate.id, device.id, CAST(:nonce AS uuid),
                  CAST(:direction AS text), answer.word, CASE answer.word WHEN 'not_valid' THEN judged.reason END,
                  judged.at, CAST(:is_offline AS boolean),
                  CAST(:is_offline AS boolean) AND answer.word NOT IN ('come_in', 'exit')
             FROM device JOIN judged ON true JOIN answer ON answer.word IS NOT NULL
             LEFT JOIN ticket ON true LEFT JOIN gate ON true
            WHERE NOT EXISTS (SELECT FROM known)
       ), flagged AS (
           UPDATE scans s SET is_offline = true, is_conflict = true FROM known
            WHERE s.id = known.id AND CAST(:is_offline AS boolean) AND NOT known.is_conflict
              AND known.verdict NOT IN ('come_in', 'exit')
       ), {SEEN}
       SELECT answer.word AS verdict, judged.has_gate, (SELECT is_flood FROM stopped) AS is_flood,
              coalesce((SELECT reason FROM known), CASE answer.word WHEN 'not_valid' THEN judged.reason END) AS reason,
              known.id IS NOT NULL AND known.ticket_id <> coalesce(ticket.id, 0) AS is_other_ticket,
              CASE WHEN ticket.event_id = device.event_id THEN ticket.ref END AS ticket,
              CASE WHEN ticket.event_id = device.event_id AND device.sees_names THEN ticket.holder_name END AS name,
              CASE WHEN ticket.event_id = device.event_id
                   THEN (SELECT name FROM ticket_types WHERE id = ticket.ticket_type_id) END AS type,
              party.inside + (SELECT count(*) FROM let_in WHERE ticket.status = 'valid') AS inside, party.size,
              earlier.scanned_at AS "when", earlier.gate, ticket.left_at,
              device.allows_reentry, device.time_zone
         FROM device JOIN judged ON true JOIN answer ON true LEFT JOIN known ON true LEFT JOIN ticket ON true
         LEFT JOIN LATERAL (
              SELECT count(*) FILTER (WHERE p.status = 'redeemed') AS inside, count(*) AS size
                FROM tickets p WHERE p.purchase_id = ticket.purchase_id AND p.event_id = device.event_id
                 AND p.status <> 'void' AND coalesce(p.holder_email, '') = coalesce(ticket.holder_email, '')
                 AND answer.word = 'come_in') party ON true
         LEFT JOIN LATERAL (
              SELECT s.scanned_at, g.name AS gate FROM scans s LEFT JOIN gates g ON g.id = s.gate_id
               WHERE s.ticket_id = ticket.id AND s.verdict = 'come_in' AND s.undone_at IS NULL
                 AND s.id < coalesce(known.id, 9223372036854775807)
                 AND answer.word = 'already_in' ORDER BY s.id DESC LIMIT 1) earlier ON true""")  # noqa: S608  parts of ours; every value is bound

# For the sentence that a refusal is told in: what the ticket is for, and the gates that would take it.
TICKET_FACTS = sa.text("""SELECT e.organisation_id = here.organisation_id AS is_ours, e.title, e.starts_at, e.time_zone,
              t.voided_at, (SELECT array_agg(g.name ORDER BY g.position, g.id) FROM gates g
                             WHERE g.event_id = here.id AND g.closed_at IS NULL
                               AND (NOT EXISTS (SELECT FROM gate_ticket_types x WHERE x.gate_id = g.id)
                                 OR EXISTS (SELECT FROM gate_ticket_types x WHERE x.gate_id = g.id
                                               AND x.ticket_type_id = t.ticket_type_id))) AS gates
         FROM tickets t JOIN events e ON e.id = t.event_id JOIN events here ON here.slug = :slug
        WHERE t.id = coalesce(CAST(:ticket_id AS bigint), (SELECT r.id FROM tickets r WHERE r.ref = :ref))""")

# Several of those who bought together, all or none. The rows are locked in the order of their ids, and those that are
# not valid any more by then are too few: nothing happens. Each gets the nonce of its place in the row.
ADMIT_PARTY = sa.text(f"""WITH {DEVICE}, wished AS MATERIALIZED (
           SELECT nonce, place FROM unnest(CAST(:nonces AS uuid[])) WITH ORDINALITY AS given (nonce, place)
       ), known AS MATERIALIZED (
           SELECT s.id FROM scans s JOIN device ON device.id = s.device_id
            WHERE s.nonce IN (SELECT nonce FROM wished)
       ), head AS MATERIALIZED (
           SELECT t.purchase_id, t.event_id, t.holder_email, t.holder_name
             FROM tickets t JOIN device ON device.event_id = t.event_id WHERE t.ref = :ref
       ), party AS MATERIALIZED (
           SELECT t.id, t.ref, t.status, NOT EXISTS (
                  SELECT FROM gate_ticket_types x JOIN gate ON gate.id = x.gate_id
                  HAVING count(*) > 0 AND NOT bool_or(x.ticket_type_id = t.ticket_type_id)) AS fits
             FROM tickets t JOIN head ON head.purchase_id = t.purchase_id AND head.event_id = t.event_id
            WHERE t.status <> 'void' AND coalesce(t.holder_email, '') = coalesce(head.holder_email, '')
       ), chosen AS MATERIALIZED (
           SELECT t.id FROM tickets t
            WHERE t.status = 'valid' AND t.id IN (
                  SELECT id FROM party WHERE status = 'valid' AND fits
                   ORDER BY ref <> :ref, id LIMIT cardinality(CAST(:nonces AS uuid[])))
            ORDER BY t.id FOR NO KEY UPDATE
       ), numbered AS MATERIALIZED (
           SELECT chosen.id, row_number() OVER (ORDER BY chosen.id) AS place FROM chosen, device
            WHERE device.status = 'published' AND NOT EXISTS (SELECT FROM known)
              AND (CAST(:gate AS text) = '' OR EXISTS (SELECT FROM gate WHERE gate.closed_at IS NULL))
              AND (SELECT count(*) FROM chosen) = cardinality(CAST(:nonces AS uuid[]))
       ), let_in AS (
           UPDATE tickets t SET status = 'redeemed', redeemed_at = now() FROM numbered WHERE t.id = numbered.id
        RETURNING t.id
       ), noted AS (
           INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, direction, verdict,
                              scanned_at)
           SELECT device.organisation_id, device.event_id, numbered.id, (SELECT id FROM gate), device.id, wished.nonce,
                  'entry', 'come_in', now()
             FROM numbered JOIN wished USING (place), device
       )
       SELECT (SELECT count(*) FROM let_in) AS let_in, EXISTS (SELECT FROM known) AS is_known,
              EXISTS (SELECT FROM head) AS is_here, CASE WHEN device.sees_names THEN (SELECT holder_name FROM head) END
              AS name, device.status,
              (SELECT count(*) FROM party) AS size, (SELECT count(*) FROM party WHERE status = 'redeemed') AS inside,
              (SELECT count(*) FROM party WHERE status = 'valid' AND fits) AS free,
              (CAST(:gate AS text) = '' OR EXISTS (SELECT FROM gate WHERE gate.closed_at IS NULL)) AS has_gate
         FROM device""")  # noqa: S608  parts of ours; every value is bound
