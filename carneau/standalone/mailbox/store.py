import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

MESSAGE_ID = re.compile(r"\d{20}-[0-9a-f]{8}")


@dataclass(frozen=True)
class Summary:
    id: str
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    message_id: str
    attachments: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """One .eml a mail, named by the nanosecond it came: names sort by age and are never written twice."""

    folder: Path

    def keep(self, content: bytes) -> str:
        id = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        unfinished = self.folder / f"{id}.new"
        unfinished.write_bytes(content)
        unfinished.rename(self.folder / f"{id}.eml")
        return id

    def newest(self, address: str, limit: int) -> list[Summary]:
        found: list[Summary] = []
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            summary = _summary(path)
            if any(address.lower() in recipient.lower() for recipient in summary.to):
                found.append(summary)
            if len(found) == limit:
                break
        return found

    def find_path(self, id: str) -> Path | None:
        path = self.folder / f"{id}.eml"
        return path if MESSAGE_ID.fullmatch(id) and path.exists() else None


def parse(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def attachments(message: EmailMessage) -> Iterator[tuple[int, EmailMessage, str]]:
    """Number, part and name of each part that a mail program would offer to save."""
    for number, part in enumerate(message.walk()):
        if not part.is_multipart() and part.get_content_disposition() == "attachment":
            yield number, part, part.get_filename() or f"part-{number}"


@lru_cache(maxsize=20_000)
def _summary(path: Path) -> Summary:
    message = parse(path)
    nanoseconds = int(path.stem.partition("-")[0])
    return Summary(
        id=path.stem,
        received_at=datetime.fromtimestamp(nanoseconds / 1e9, UTC),
        sender=str(message.get("From", "")),
        to=tuple(str(value) for value in message.get_all("Delivered-To", [])),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")).strip(),
        attachments=tuple(name for _, _, name in attachments(message)),
    )
