from collections.abc import Iterator

from sqlalchemy.dialects.postgresql import insert

from carneau.accounts.models import User
from carneau.core import audit, codes, slugs
from carneau.core.db import db
from carneau.organisations.models import Organisation, OrganisationMember, Role

LONGEST_SLUG = 60
TAKEN_BY_PAGES = ("", "new")


def found(founder: User, name: str, email: str, imprint: str = "") -> Organisation:
    """Its slug comes from the name and stays; who founds it is its first owner."""
    organisation = _insert_under_a_free_slug({"name": name, "email": email, "imprint": imprint})
    audit.record(organisation, "created", founder.actor)
    join(organisation, founder, Role.OWNER, founder.actor)
    return organisation


def join(
    organisation: Organisation, user: User, role: Role, actor: str, event_id: int | None = None
) -> OrganisationMember | None:
    """None where the person is a member already, whose role then stays as it is."""
    row = {"ref": codes.reference(), "user_id": user.id, "role": role, "event_id": event_id}
    claim = (
        insert(OrganisationMember)
        .values(**row, organisation_id=organisation.id)
        .on_conflict_do_nothing(index_elements=["organisation_id", "user_id"])
        .returning(OrganisationMember)
    )
    member: OrganisationMember | None = db.session.scalar(claim)
    if member:
        audit.record(member, "joined", actor, member=member.ref, user=user.id, role=role, event=event_id)
    return member


def _insert_under_a_free_slug(row: dict[str, str]) -> Organisation:
    for slug in _candidates(row["name"]):
        claim = (
            insert(Organisation)
            .values(**row, slug=slug)
            .on_conflict_do_nothing(index_elements=["slug"])
            .returning(Organisation)
        )
        if organisation := db.session.scalar(claim):
            return organisation
    raise AssertionError("candidates never end")


def _candidates(name: str) -> Iterator[str]:
    plain = slugs.plain(name, LONGEST_SLUG)
    if plain not in TAKEN_BY_PAGES:
        yield plain
    while True:
        yield f"{plain or 'house'}-{codes.reference(4).lower()}"
