from itsdangerous import Signer

from carneau.core import settings
from carneau.organisations.models import Invitation

SALT = "carneau.organisations.invitation"


def url(invitation: Invitation) -> str:
    """The absolute address in the mail. Nothing of its key is stored."""
    return settings.current().base_url + path(invitation.ref, key(invitation.ref))


def path(ref: str, key: str) -> str:
    return f"/manage/invitations/{ref}?key={key}"


def key(ref: str) -> str:
    return _signer().get_signature(ref).decode()


def is_valid(ref: str, key: str) -> bool:
    return ref.isascii() and key.isascii() and _signer().verify_signature(ref.encode(), key.encode())


def _signer() -> Signer:
    """Newest key last: it signs, and the older ones still open links until they are taken out of the settings."""
    ours = settings.current()
    return Signer([*reversed(ours.secret_key_fallbacks), ours.secret_key], salt=SALT)
