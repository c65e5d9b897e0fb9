"""Checks that ask others: our own address from outside, the mail server, Stripe. No transaction is open meanwhile."""

from datetime import timedelta

import requests
import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from carneau.core import clock, settings
from carneau.core.db import db, transaction
from carneau.email import delivery
from carneau.ops.findings import Finding
from carneau.payments import gateway, jobs, webhook

ADDRESS, MAIL_SERVER = _l("Address"), _l("Mail server")
STRIPE, STRIPE_EVENTS = _l("Stripe"), _l("Stripe's events")
PATIENCE_SECONDS = 5
SETTLED_BY_NOW = timedelta(minutes=5)


def our_address_leads_here() -> Finding:
    url = f"{settings.current().base_url}/healthz"
    try:
        answer = requests.get(url, timeout=PATIENCE_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        says = _("%(url)s does not answer this machine (%(error)s).", url=url, error=type(error).__name__)
        return Finding.look(says, _("Open it in a browser. If that works, this machine only cannot see itself."))
    if answer.status_code != 200 or "alive" not in answer.text:
        says = _("%(url)s answers %(status)d, and not as Carneau does.", url=url, status=answer.status_code)
        return Finding.bad(says, _("Point the domain and the proxy here, or correct BASE_URL: mails and codes use it."))
    return Finding.good(_("%(url)s answers.", url=url))


def mail_server_takes_us() -> Finding:
    delivery.greet()
    return Finding.good(_("It lets us in. To see one arrive: flask doctor --mail you@example.org"))


def stripe_knows_our_webhook() -> Finding:
    ours = f"{settings.current().base_url}/webhook"
    there = [endpoint for endpoint in gateway.webhook_endpoints() if endpoint["url"] == ours]
    live = [endpoint for endpoint in there if endpoint["status"] == "enabled"]
    if not live:
        says = _("Stripe disabled %(url)s.", url=ours) if there else _("Stripe sends nothing to %(url)s.", url=ours)
        return Finding.look(
            says,
            _(
                "Make a webhook endpoint in Stripe's dashboard and put its secret into STRIPE_WEBHOOK_SECRET."
                " Until then the clock asks Stripe every two minutes."
            ),
        )
    wanted = {kind for endpoint in live for kind in endpoint["enabled_events"]}
    missing = sorted(set(jobs.KINDS) - wanted) if "*" not in wanted else []
    if missing:
        return Finding.look(
            _("The endpoint does not listen to: %(kinds)s", kinds=", ".join(missing)),
            _("Add these events to the endpoint in Stripe's dashboard."),
        )
    return Finding.good(_("The key is right, and Stripe sends everything we need to %(url)s.", url=ours))


def stripe_s_events_arrive() -> Finding:
    """Of the last day, those older than five minutes: what Stripe lists and we never kept did not get through."""
    until = clock.now() - SETTLED_BY_NOW
    page = next(gateway.events_since(clock.now() - timedelta(days=1), jobs.KINDS), [])
    sent = [str(event["id"]) for event in page if int(event["created"]) < until.timestamp()]
    with transaction():
        missing = set(sent) - set(webhook.known(sent))
        age = db.session.scalar(sa.text("SELECT extract(epoch FROM now() - max(received_at)) FROM stripe_events"))
    if missing:
        says = ngettext(
            "%(num)d event of the last day did not arrive.",
            "%(num)d events of the last day did not arrive.",
            len(missing),
        )
        return Finding.bad(
            says,
            _(
                "See the endpoint's failed deliveries in Stripe's dashboard. Is STRIPE_WEBHOOK_SECRET the endpoint's?"
                " Then run: flask reconcile"
            ),
        )
    if age is None:
        return Finding.good(_("None has come yet; Stripe lists none that should have."))
    return Finding.good(_("All have arrived; the last one came %(minutes)d minutes ago.", minutes=age // 60))
