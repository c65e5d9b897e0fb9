"""A code from an authenticator app (RFC 6238, six digits, 30 s), asked for after every other way in."""

import hmac

import pyotp
import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts import sealing, telling
from carneau.accounts.models import RecoveryCode, User
from carneau.core import audit, clock, codes
from carneau.core.db import db, rows_changed
from carneau.core.errors import Conflict

ISSUER = "Carneau"
STEP_SECONDS = 30
RECOVERY_CODES = 10
RECOVERY_LETTERS = 16


class NotOn(Conflict):
    def __init__(self) -> None:
        super().__init__(_("The second factor is off."))


class AlreadyOn(Conflict):
    def __init__(self) -> None:
        super().__init__(_("The second factor is on already."))


def propose() -> str:
    return pyotp.random_base32()


def otpauth(secret: str, email: str) -> str:
    """What the QR code of the app holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def begin(user: User, secret: str) -> list[str]:
    """From now on; `find_step` has shown that the app knows the secret. Every session that began before ends. Returns
    the recovery codes, which are kept as digests: they are shown once."""
    sealed = sealing.seal(secret)
    fresh = sa.update(User).where(User.id == user.id, User.totp_secret.is_(None))
    changed = fresh.values(totp_secret=sealed, totp_step=None, session_version=User.session_version + 1)
    if not _changes(changed):
        raise AlreadyOn
    db.session.refresh(user)
    entry = audit.record(user, "second_factor_on", user.actor)
    db.session.flush()
    telling.tell(user, "second_factor_on", user.email, f"audit:{entry.id}")
    return renew_codes(user)


def end(user: User, actor: str) -> None:
    user.totp_secret = None
    user.totp_step = None
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    entry = audit.record(user, "second_factor_off", actor)
    db.session.flush()
    telling.tell(user, "second_factor_off", user.email, f"audit:{entry.id}")


def renew_codes(user: User) -> list[str]:
    """The ones before open nothing any more."""
    fresh = [codes.reference(RECOVERY_LETTERS) for _number in range(RECOVERY_CODES)]
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.add_all(RecoveryCode(user_id=user.id, digest=codes.digest(code)) for code in fresh)
    audit.record(user, "recovery_codes_made", user.actor)
    return fresh


def codes_left(user: User) -> int:
    unused = sa.select(sa.func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def admits(user: User, typed: str) -> bool:
    """Uses the code up: neither an app's code nor a recovery code counts twice."""
    if user.totp_secret is None:
        return False
    secret = sealing.unseal(user.totp_secret)
    step = find_step(secret, typed) if secret else None
    if step is not None:
        unused = sa.or_(User.totp_step.is_(None), User.totp_step < step)
        return _changes(sa.update(User).where(User.id == user.id, unused).values(totp_step=step))
    return _use_recovery_code(user, typed)


def find_step(secret: str, typed: str) -> int | None:
    """Which half minute the code is of: this one, the last or the next, for clocks are never quite right."""
    digits = "".join(typed.split())
    now = int(clock.now().timestamp()) // STEP_SECONDS
    if not (digits.isascii() and digits.isdigit()):
        return None
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_SECONDS), digits):
            return step
    return None


def _use_recovery_code(user: User, typed: str) -> bool:
    digest = codes.digest(codes.normalise_reference(typed))
    unused = RecoveryCode.user_id == user.id, RecoveryCode.digest == digest, RecoveryCode.used_at.is_(None)
    if not _changes(sa.update(RecoveryCode).where(*unused).values(used_at=sa.func.now())):
        return False
    entry = audit.record(user, "recovery_code_used", user.actor)
    db.session.flush()
    telling.tell(user, "recovery_code_used", user.email, f"audit:{entry.id}")
    return True


def _changes(statement: sa.Update) -> bool:
    return rows_changed(statement.execution_options(synchronize_session=False)) == 1
