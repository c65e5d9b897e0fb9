"""What a scanner sends, distrusted once: from here on an attempt is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from flask_babel import gettext as _

from carneau.admissions.models import Direction
from carneau.admissions.verdicts import Attempt
from carneau.core.errors import Invalid

LONGEST_CODE = 20_000
LONGEST_NAME = 64
LARGEST_GROUP = 100
LONGEST_NUMBER = 3


def of_form(fields: Mapping[str, str]) -> Attempt:
    """Of a page: the nonce that it was rendered with counts together with what was typed, so that a page that is kept
    open, or come back to, can ask for another ticket with it."""
    attempt = of_mapping(fields)
    return _with_nonce(attempt, uuid5(attempt.nonce, f"{attempt.code}\n{attempt.ref}\n{attempt.direction}"))


def of_mapping(sent: Any) -> Attempt:
    """Of JSON. Raises Invalid with what is wrong at which name."""
    if not isinstance(sent, Mapping):
        raise _wrong("code", _("Please send an object with a code and a nonce."))
    code, ref = _text(sent, "code", LONGEST_CODE), _text(sent, "ticket", LONGEST_NAME)
    if not code and not ref:
        raise _wrong("code", _("Please scan or type a code."))
    is_offline = sent.get("is_offline", False)
    if not isinstance(is_offline, bool):
        raise _wrong("is_offline", _("This is true or false."))
    return Attempt(
        nonce=nonce_of(sent),
        code="" if ref else code,
        ref=ref,
        gate=_text(sent, "gate", LONGEST_NAME),
        direction=_direction(sent),
        scanned_at=_moment(sent),
        is_offline=is_offline,
    )


@dataclass(frozen=True, slots=True)
class GroupWish:
    """So many of those who belong together with the ticket of this reference."""

    nonce: UUID
    ref: str
    quantity: int
    gate: str


def group_of(sent: Any) -> GroupWish:
    """Raises Invalid."""
    if not isinstance(sent, Mapping):
        raise _wrong("ticket", _("Please choose a ticket."))
    ref, quantity = _text(sent, "ticket", LONGEST_NAME), sent.get("quantity")
    if not ref:
        raise _wrong("ticket", _("Please choose a ticket."))
    if isinstance(quantity, str) and quantity.isascii() and quantity.isdigit() and len(quantity) <= LONGEST_NUMBER:
        quantity = int(quantity)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= LARGEST_GROUP:
        raise _wrong("quantity", _("Please choose a number from 1 to %(most)s.", most=LARGEST_GROUP))
    return GroupWish(nonce_of(sent), ref, quantity, _text(sent, "gate", LONGEST_NAME))


def nonce_of(sent: Mapping[str, Any]) -> UUID:
    try:
        return UUID(_text(sent, "nonce", LONGEST_NAME))
    except ValueError as error:
        raise _wrong("nonce", _("Every attempt needs a nonce, a UUID of its own.")) from error


def _direction(sent: Mapping[str, Any]) -> Direction:
    text = _text(sent, "direction", LONGEST_NAME) or Direction.ENTRY
    if text not in list(Direction):
        raise _wrong("direction", _("The direction is entry or exit."))
    return Direction(text)


def _moment(sent: Mapping[str, Any]) -> datetime | None:
    text = _text(sent, "scanned_at", LONGEST_NAME)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise _wrong("scanned_at", _("This is no time as 2026-12-04T20:15:00Z.")) from error


def _text(sent: Mapping[str, Any], name: str, longest: int) -> str:
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or not _can_be_kept(value):
        raise _wrong(name, _("This is no text that we can read."))
    return value.strip()


def _can_be_kept(value: str) -> bool:
    return not any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in value)


def _with_nonce(attempt: Attempt, nonce: UUID) -> Attempt:
    return Attempt(nonce, attempt.code, attempt.ref, attempt.gate, attempt.direction)


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, {name: [sentence]})
