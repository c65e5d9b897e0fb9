from carneau.core import audit
from carneau.organisations.models import Organisation


def change(organisation: Organisation, actor: str, name: str, email: str, imprint: str) -> None:
    """The slug stays, so that a link once given goes on working."""
    changed = [
        field
        for field, value in (("name", name), ("email", email), ("imprint", imprint))
        if getattr(organisation, field) != value
    ]
    organisation.name, organisation.email, organisation.imprint = name, email, imprint
    if changed:
        audit.record(organisation, "changed", actor, fields=changed)
