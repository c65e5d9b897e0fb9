"""Checks of our own rows and machine; none leaves it."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from carneau.core import queue, settings
from carneau.core.db import db, transaction
from carneau.ops import invariants, readiness
from carneau.ops.findings import Finding
from carneau.payments import gateway

SETTINGS, DATABASE, MIGRATIONS = _l("Settings"), _l("Database"), _l("Migrations")
REDIS, WORKER, CLOCK, OUTBOX = _l("Redis"), _l("Worker"), _l("Clock"), _l("Work")
MAILS, PAYMENTS, TIME = _l("Mails"), _l("Payments"), _l("Time")
DISK, BACKUP, INVARIANTS = _l("Disk"), _l("Backup"), _l("Invariants")
SLOW_MS = 50
TOLERATED_SECONDS = 2
LEAST_FREE_BYTES = 1024**3
OLD_BACKUP_HOURS = 48


def settings_are_safe() -> Finding:
    """The unsafe ones refuse the start; these are the ones that only look strange."""
    ours = settings.current()
    strange = []
    if ours.env == "production" and not gateway.takes_real_money():
        strange.append(_("STRIPE_SECRET_KEY is a test key: nobody is really charged."))
    if ours.base_url.startswith("https://") and not current_app.config["TRUSTED_PROXIES"]:
        strange.append(_("TRUSTED_PROXIES is 0: behind a proxy all visitors look like one to the limits."))
    if ours.env == "production" and not (current_app.config["MAIL_USE_TLS"] or current_app.config["MAIL_USE_SSL"]):
        strange.append(_("MAIL_USE_TLS and MAIL_USE_SSL are off: mails and the password travel in clear."))
    if strange:
        return Finding.look(" ".join(strange), _("Change them and start again, if that is not what you want."))
    return Finding.good(_("Every setting is there and safe."))


def database_answers() -> Finding:
    began = time.monotonic()
    with transaction():
        facts = _one(
            """SELECT current_setting('server_version') AS version,
                      '0' IN (current_setting('lock_timeout'), current_setting('statement_timeout')) AS has_no_limits"""
        )
    milliseconds = (time.monotonic() - began) * 1000
    says = _("PostgreSQL %(version)s answers in %(ms)d ms.", version=facts.version, ms=milliseconds)
    if int(facts.version.partition(".")[0]) < 15:
        return Finding.bad(says, _("Carneau needs PostgreSQL 15 or newer."))
    if facts.has_no_limits:
        return Finding.look(
            _("Statements and locks wait without limit behind the pooler."),
            _("ALTER ROLE carneau SET lock_timeout = '3s'; and statement_timeout = '5s': docs/scale.md."),
        )
    if milliseconds > SLOW_MS:
        return Finding.look(says, _("Bring web and database closer together: every page asks it a few times."))
    return Finding.good(says)


def migrations_are_current() -> Finding:
    with transaction():
        version = _one("SELECT (SELECT version_num FROM alembic_version) AS number").number
    if version == readiness.newest_revision():
        return Finding.good(_("The tables are those of this release (%(version)s).", version=version))
    if readiness.is_behind(version):
        return Finding.bad(_("The tables are older than this release."), _("Run: flask db upgrade"))
    return Finding.look(_("The tables are newer than this release."), _("Finish the deployment that changed them."))


def redis_answers() -> Finding:
    version = queue.doorbell().connection.info("server")["redis_version"]
    return Finding.good(_("Redis or Valkey %(version)s answers.", version=version))


def a_worker_is_alive() -> Finding:
    return _alive("worker", _("Start one: payments are taken, but tickets and mails wait for it."))


def a_clock_is_alive() -> Finding:
    return _alive("clock", _("Start one: it gives expired places back and repairs what was left lying."))


def _alive(process: str, to_do: str) -> Finding:
    with transaction():
        facts = _one(
            """SELECT count(*) FILTER (WHERE beat_at > now() - interval '1 minute') AS number,
                      extract(epoch FROM now() - max(beat_at)) AS silent
                 FROM heartbeats WHERE process = :process""",
            process=process,
        )
    if facts.number:
        return Finding.good(ngettext("%(num)d is alive.", "%(num)d are alive.", facts.number))
    if facts.silent is None:
        return Finding.bad(_("None has ever run here, or none for a day."), to_do)
    return Finding.bad(_("The last one was heard %(minutes)d minutes ago.", minutes=facts.silent // 60), to_do)


def work_is_done() -> Finding:
    with transaction():
        facts = _one(
            """SELECT count(*) FILTER (WHERE gave_up_at IS NULL AND run_at <= now()) AS waiting,
                      count(*) FILTER (WHERE gave_up_at IS NOT NULL) AS given_up,
                      coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE gave_up_at IS NULL)), 0) AS oldest
                 FROM outbox WHERE done_at IS NULL"""
        )
    if facts.given_up:
        return Finding.bad(
            ngettext("%(num)d job failed on every try.", "%(num)d jobs failed on every try.", facts.given_up),
            _("The log says why (job failed). Mend the cause, then run: flask outbox retry"),
        )
    if facts.oldest > readiness.OLD_OUTBOX_SECONDS:
        says = _("%(number)d jobs wait, one for %(seconds)d s.", number=facts.waiting, seconds=facts.oldest)
        return Finding.look(says, _("If this does not shrink, start one more worker."))
    return Finding.good(_("Nothing has been waiting for more than a minute."))


def mails_went_out() -> Finding:
    with transaction():
        number = _one("SELECT count(*) AS number FROM mails WHERE sent_at IS NULL AND gave_up_at IS NOT NULL").number
    if number:
        says = ngettext("%(num)d mail could not be delivered.", "%(num)d mails could not be delivered.", number)
        return Finding.look(says, _("See: flask mail failed. Try again with: flask mail resend"))
    return Finding.good(_("Every mail was delivered, or is being tried."))


def no_payment_waits_for_a_person() -> Finding:
    with transaction():
        number = _one("SELECT count(*) AS number FROM payment_flags WHERE closed_at IS NULL").number
    if number:
        says = ngettext("%(num)d payment is flagged.", "%(num)d payments are flagged.", number)
        return Finding.look(says, _("Its owner finds it under “To look at”, with what is safe to do."))
    return Finding.good(_("No payment waits for a person."))


def clocks_agree() -> Finding:
    with transaction():
        theirs = _one("SELECT clock_timestamp() AS now").now
    seconds = abs((datetime.now(UTC) - theirs).total_seconds())
    if seconds > TOLERATED_SECONDS:
        return Finding.look(
            _("This machine's clock and the database's differ by %(seconds).1f s.", seconds=seconds),
            _("Set both by NTP. Places and payments go by the database's."),
        )
    return Finding.good(_("This machine and the database have the same time."))


def there_is_room() -> Finding:
    folder = Path(settings.current().media_dir)
    free = shutil.disk_usage(folder if folder.exists() else folder.anchor or ".").free
    says = _("%(gigabytes).1f GB are free for pictures.", gigabytes=free / 1024**3)
    if free < LEAST_FREE_BYTES:
        return Finding.look(says, _("Make room, or keep pictures in a bucket (MEDIA_BUCKET)."))
    return Finding.good(says)


def a_backup_is_young() -> Finding:
    with transaction():
        hours = _one("SELECT extract(epoch FROM now() - max(made_at)) / 3600 AS hours FROM backups").hours
    to_do = _("Run flask backup every night, and keep the file elsewhere: docs/operate.md.")
    if hours is None:
        return Finding.look(_("None was made with flask backup."), to_do)
    says = _("The last one was made %(hours)d hours ago.", hours=hours)
    return Finding.look(says, to_do) if hours > OLD_BACKUP_HOURS else Finding.good(says)


def invariants_hold() -> Finding:
    with transaction():
        found = invariants.violations()
    if found:
        return Finding.bad(
            ngettext(
                "%(num)d does not hold: %(names)s", "%(num)d do not hold: %(names)s", len(found), names=", ".join(found)
            ),
            _("Run flask invariants for the rows, keep them, and report them as a bug."),
        )
    return Finding.good(_("All %(number)d hold.", number=len(invariants.QUERIES)))


def _one(statement: str, **values: Any) -> Any:
    return db.session.execute(sa.text(statement), values).one()
