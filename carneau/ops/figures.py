"""What Prometheus is told of sales, work and mail. From the rows, so every web process says the same: take max()."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from carneau.core import queue
from carneau.core.db import db, transaction

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily


@dataclass(frozen=True)
class Figure:
    """`sql` gives one row with a number, or one for each value of `label`."""

    says: str
    sql: str
    label: str | None = None


FIGURES = {
    "held_places": Figure("Places held in carts and by payments under way",
        "SELECT coalesce(sum(quantity), 0) FROM holds WHERE released_at IS NULL"),
    "sold_places": Figure("Places sold of events that have not ended",
        """SELECT coalesce(sum(t.sold_quantity), 0) FROM ticket_types t
             JOIN events e ON e.id = t.event_id WHERE e.ends_at > now()"""),
    "purchases_lately": Figure("Purchases of the last five minutes by payment status",
        """SELECT payment_status, count(*) FROM purchases
            WHERE created_at > now() - interval '5 minutes' GROUP BY 1""", "status"),
    "webhook_delay_seconds": Figure("From Stripe's event to our keeping it, 95th percentile of five minutes",
        """SELECT coalesce(percentile_cont(0.95) WITHIN GROUP
                     (ORDER BY extract(epoch FROM received_at - happened_at)), 0)
             FROM stripe_events WHERE id > (SELECT coalesce(max(id), 0) - 20000 FROM stripe_events)
              AND received_at > now() - interval '5 minutes'"""),
    "settling_seconds": Figure("From keeping Stripe's event to having done it, 95th percentile of five minutes",
        """SELECT coalesce(percentile_cont(0.95) WITHIN GROUP
                     (ORDER BY extract(epoch FROM settled_at - received_at)), 0)
             FROM stripe_events WHERE id > (SELECT coalesce(max(id), 0) - 20000 FROM stripe_events)
              AND received_at > now() - interval '5 minutes' AND settled_at IS NOT NULL"""),
    "ticket_seconds": Figure("From the payment to the ticket, 95th percentile of five minutes",
        """SELECT coalesce(percentile_cont(0.95) WITHIN GROUP
                     (ORDER BY extract(epoch FROM k.created_at - p.paid_at)), 0)
             FROM tickets k JOIN purchases p ON p.id = k.purchase_id
            WHERE k.id > (SELECT coalesce(max(id), 0) - 20000 FROM tickets)
              AND k.created_at > now() - interval '5 minutes'"""),
    "outbox_waiting": Figure("Jobs that are due and not done",
        "SELECT count(*) FROM outbox WHERE done_at IS NULL AND gave_up_at IS NULL AND run_at <= now()"),
    "outbox_oldest_seconds": Figure("How long the oldest of them has been waiting",
        """SELECT coalesce(extract(epoch FROM now() - min(run_at)), 0) FROM outbox
            WHERE done_at IS NULL AND gave_up_at IS NULL AND run_at <= now()"""),
    "outbox_given_up": Figure("Jobs that failed on every try and wait for a person",
        "SELECT count(*) FROM outbox WHERE gave_up_at IS NOT NULL"),
    "mails_waiting": Figure("Mails that are owed and not delivered yet",
        "SELECT count(*) FROM mails WHERE sent_at IS NULL AND gave_up_at IS NULL"),
    "mails_given_up": Figure("Mails that could not be delivered: flask mail failed",
        "SELECT count(*) FROM mails WHERE sent_at IS NULL AND gave_up_at IS NOT NULL"),
    "payments_flagged": Figure("Payments that a person must look at",
        "SELECT count(*) FROM payment_flags WHERE closed_at IS NULL"),
    "scans_lately": Figure("Scans at the door of the last five minutes by verdict",
        """SELECT v.verdict, count(s.id) FROM (VALUES ('come_in'), ('already_in'), ('not_valid'), ('exit')) v (verdict)
             LEFT JOIN scans s ON s.verdict = v.verdict AND s.recorded_at > now() - interval '5 minutes'
                   AND s.id > (SELECT coalesce(max(id), 0) - 20000 FROM scans) GROUP BY 1""", "verdict"),
    "scans_waiting": Figure("Scans that phones keep until they have a network, as each last told us",
        """SELECT coalesce(sum(queue_length), 0) FROM door_devices
            WHERE revoked_at IS NULL AND last_seen_at > now() - interval '12 hours'"""),
    "scan_conflicts": Figure("Tickets let in twice by phones without a network, not looked at by anybody",
        "SELECT count(*) FROM scans WHERE is_conflict AND looked_at IS NULL"),
    "door_phones": Figure("Phones at the door, heard of in the last five minutes",
        "SELECT count(*) FROM door_devices WHERE revoked_at IS NULL AND last_seen_at > now() - interval '5 minutes'"),
    "processes_alive": Figure("Background processes with a heartbeat in the last minute",
        """SELECT kind, count(h.process) FROM (VALUES ('worker'), ('clock')) kinds (kind)
             LEFT JOIN heartbeats h ON h.process = kind AND h.beat_at > now() - interval '1 minute' GROUP BY 1""",
        "process"),
}  # fmt: skip


class FromRows:
    """A collector of prometheus-client."""

    def collect(self) -> Iterator["GaugeMetricFamily"]:
        with transaction():
            for name, figure in FIGURES.items():
                yield _gauge(name, figure)
        yield _family(
            "redis_queue", "Rings of the doorbell that no worker has answered; -1 without Redis", queue.length()
        )


def _gauge(name: str, figure: Figure) -> "GaugeMetricFamily":
    rows = db.session.execute(sa.text(figure.sql)).all()
    if figure.label is None:
        return _family(name, figure.says, float(rows[0][0]))
    family = _family(name, figure.says, None, figure.label)
    for value, number in rows:
        family.add_metric([value], float(number))
    return family


def _family(name: str, says: str, value: float | None, label: str | None = None) -> "GaugeMetricFamily":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  after web.measuring has named its folder

    return GaugeMetricFamily(f"carneau_{name}", says, value=value, labels=[label] if label else None)
