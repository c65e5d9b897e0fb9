"""An endpoint that fails is left in peace for a while, and after days switched off, with a mail to the owners."""

from datetime import timedelta

from carneau.core import clock, outbox, queue
from carneau.core.db import db
from carneau.email import owing
from carneau.integrations import emails, endpoints
from carneau.integrations.models import DisabledBecause, WebhookEndpoint
from carneau.organisations import queries
from carneau.organisations.models import Role

PATIENCE = timedelta(days=3)


def note_failure(endpoint: WebhookEndpoint) -> None:
    """The pause grows with each failure in a row, whichever delivery it was: one that hangs holds up a worker once for
    each pause, and not once for each delivery."""
    db.session.refresh(endpoint, with_for_update=True)
    now = clock.now()
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.paused_until = now + timedelta(seconds=outbox.wait_seconds(endpoint.failures))
    if now - endpoint.failing_since > PATIENCE and endpoint.disabled_at is None:
        endpoints.switch_off(endpoint, "system", DisabledBecause.FAILING)
        _tell_owners(endpoint)


def _tell_owners(endpoint: WebhookEndpoint) -> None:
    db.session.flush()
    occasion = f"{endpoint.ref}:{round(clock.now().timestamp())}"
    for member in queries.members_of(endpoint.organisation_id):
        if member.role is not Role.OWNER:
            continue
        mail_id = owing.owe(endpoint, "webhook_disabled", member.user.email, f"{occasion}:{member.id}")
        if mail_id is not None:
            queue.enqueue_after_commit(emails.send, mail_id, key=f"mail:{mail_id}")
