"""What is wrong with an installation, and what to do about it: `flask doctor`, and the page of its owners."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import make_msgid

import redis
import sqlalchemy.exc
from flask_babel import LazyString
from flask_babel import gettext as _

from carneau.core.db import db
from carneau.email import delivery
from carneau.email.delivery import Undelivered
from carneau.email.message import Letter
from carneau.ops import checks, outside_checks
from carneau.ops.findings import Finding, State
from carneau.payments import gateway

Check = Callable[[], Finding]
OURS: dict[str | LazyString, Check] = {
    checks.SETTINGS: checks.settings_are_safe,
    checks.DATABASE: checks.database_answers,
    checks.MIGRATIONS: checks.migrations_are_current,
    checks.REDIS: checks.redis_answers,
    checks.WORKER: checks.a_worker_is_alive,
    checks.CLOCK: checks.a_clock_is_alive,
    checks.OUTBOX: checks.work_is_done,
    checks.MAILS: checks.mails_went_out,
    checks.PAYMENTS: checks.no_payment_waits_for_a_person,
    checks.TIME: checks.clocks_agree,
    checks.DISK: checks.there_is_room,
    checks.BACKUP: checks.a_backup_is_young,
    checks.INVARIANTS: checks.invariants_hold,
}
OUTSIDE: dict[str | LazyString, Check] = {
    outside_checks.ADDRESS: outside_checks.our_address_leads_here,
    outside_checks.MAIL_SERVER: outside_checks.mail_server_takes_us,
    outside_checks.STRIPE: outside_checks.stripe_knows_our_webhook,
    outside_checks.STRIPE_EVENTS: outside_checks.stripe_s_events_arrive,
}


@dataclass(frozen=True)
class Result:
    name: str
    finding: Finding


def examine(checks_to_make: dict[str | LazyString, Check]) -> list[Result]:
    """One after the other; what answers nobody is a finding, and the next check is made all the same."""
    return [Result(str(name), _made(check)) for name, check in checks_to_make.items()]


def _made(check: Check) -> Finding:
    try:
        return check()
    except sqlalchemy.exc.SQLAlchemyError as error:
        db.session.rollback()
        return Finding.bad(
            _("The database did not answer (%(error)s).", error=type(error).__name__),
            _("See that it runs, and that DATABASE_URL is right."),
        )
    except redis.RedisError as error:
        return Finding.look(
            _("Redis did not answer (%(error)s).", error=type(error).__name__),
            _("See that it runs, and that REDIS_URL is right. Selling goes on without it."),
        )
    except Undelivered as error:
        return Finding.bad(
            _("The mail server did not take us: %(error)s.", error=error),
            _("Check MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS or MAIL_USE_SSL, MAIL_USERNAME and MAIL_PASSWORD."),
        )
    except (gateway.Unreachable, gateway.Declined) as error:
        return Finding.bad(
            _("Stripe did not take our question: %(error)s.", error=error),
            _("Check STRIPE_SECRET_KEY, and that this machine may reach api.stripe.com."),
        )


def send_a_mail(recipient: str) -> Result:
    """To oneself: whether it arrives only the reader can tell."""

    def send() -> Finding:
        text = _("This is the mail that you asked for. If you read it, buyers will get theirs.")
        letter = Letter(subject=_("A mail from Carneau"), text=text, html=f"<p>{text}</p>")
        delivery.deliver(letter, recipient=recipient, sender_name="Carneau", message_id=make_msgid("doctor"))
        return Finding.good(_("The server took a mail to %(address)s. See that it arrives.", address=recipient))

    return Result(_("Mail"), _made(send))


def is_well(results: list[Result]) -> bool:
    return all(result.finding.state is not State.BAD for result in results)
