from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from carneau.accounts import limits
from carneau.accounts import queries as accounts
from carneau.accounts.models import User
from carneau.core import audit, codes, queue
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound
from carneau.email import owing
from carneau.organisations import founding, jobs, links, queries
from carneau.organisations.models import Invitation, OrganisationMember, Role

# Longer than a link that logs somebody in: this one opens nothing without an account of the address it was sent to.
LIFETIME = timedelta(days=7)
BY_ORGANISATION = limits.Limit("invitations by organisation", 50, timedelta(days=1))
OPEN = Invitation.closed_at.is_(None), Invitation.expires_at > sa.func.now()


class InvitationGone(NotFound):
    """Used, withdrawn, replaced, too old, or never given out: all get the same answer."""

    def __init__(self) -> None:
        super().__init__(_("This invitation was used or withdrawn, is older than a week, or its link is not complete."))


class InTheTeamAlready(Conflict):
    def __init__(self) -> None:
        super().__init__(_("This person is in the team already."))


class OtherAddress(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__(_("This invitation is for %(email)s. Log in with that address to accept it.", email=email))


def invite(by: OrganisationMember, email: str, role: Role, event_id: int | None) -> Invitation:
    """By mail. One that is open for the same address is replaced, and its link ends."""
    limits.count(BY_ORGANISATION, str(by.organisation_id))
    limits.count(limits.MAILS_TO_ADDRESS, email)
    if queries.has_member(by.organisation_id, email):
        raise InTheTeamAlready
    invitation = _open_or_replace(by, email, {"role": role, "event_id": event_id})
    audit.record(invitation, "invited", by.user.actor, role=role, event=event_id)
    mail_id = owing.owe(invitation, "invitation", email, f"invitation:{invitation.ref}")
    if mail_id is not None:
        queue.enqueue_after_commit(jobs.send, mail_id, key=f"mail:{mail_id}")
    return invitation


def _open_or_replace(by: OrganisationMember, email: str, right: dict[str, object]) -> Invitation:
    values = right | {
        "ref": codes.reference(),
        "email": email,
        "invited_by": by.user.name,
        "expires_at": sa.func.now() + LIFETIME,
    }
    claim = insert(Invitation).values(**values, organisation_id=by.organisation_id)
    return db.session.scalars(
        claim.on_conflict_do_update(
            index_elements=[Invitation.organisation_id, sa.text("lower(email)")],
            index_where=Invitation.closed_at.is_(None),
            set_=values,
        ).returning(Invitation),
        execution_options={"populate_existing": True},
    ).one()


def withdraw(invitation: Invitation, actor: str) -> None:
    _close(invitation)
    audit.record(invitation, "withdrawn", actor)


def accept(invitation: Invitation, user: User) -> OrganisationMember:
    """By who has shown that the invited address is theirs; of two at the same moment the second finds it used."""
    if not is_for(invitation, user):
        raise OtherAddress(invitation.email)
    _close(invitation)
    member = founding.join(invitation.organisation, user, invitation.role, user.actor, invitation.event_id)
    if member is None:
        raise InTheTeamAlready
    return member


def is_for(invitation: Invitation, user: User) -> bool:
    return invitation.email.lower() in accounts.addresses_of(user)


def _close(invitation: Invitation) -> None:
    mine = sa.update(Invitation).where(Invitation.id == invitation.id, *OPEN)
    if db.session.scalar(mine.values(closed_at=sa.func.now()).returning(Invitation.id)) is None:
        raise InvitationGone


def by_link(ref: str, key: str) -> Invitation:
    """If it can still be accepted. Looking uses nothing up: scanners of mail follow every link."""
    mine = sa.select(Invitation).join(Invitation.organisation).options(contains_eager(Invitation.organisation))
    invitation = db.session.scalar(mine.where(Invitation.ref == ref, *OPEN)) if links.is_valid(ref, key) else None
    if invitation is None:
        raise InvitationGone
    return invitation
