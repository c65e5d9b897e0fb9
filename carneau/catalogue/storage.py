"""The one door to the pictures' files: a local folder, kept between deployments. With a bucket behind it the folder
is a cache that may forget, and every machine has one of its own: a name never changes what it means."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from carneau.catalogue import bucket
from carneau.core import settings
from carneau.core.errors import NotFound

WIDTHS = (320, 640, 960, 1280)
ENDINGS = ("webp", "jpg")
OURS = re.compile(rf"[0-9a-f]{{24}}-(?:{'|'.join(map(str, WIDTHS))})\.(?:{'|'.join(ENDINGS)})")
SOURCE = "-source"
KEPT = re.compile(rf"{OURS.pattern}|[0-9a-f]+{SOURCE}")


def put(name: str, content: bytes) -> None:
    """Whole or not at all: a full disk or a crash leaves no half picture under its name. Raises bucket.Away."""
    if bucket.is_set():
        bucket.put(name, content)
    _write(name, content)


def put_source(key: str, content: bytes) -> None:
    """The whole picture, from which others are cut later. Its name is none that `path_of` gives out."""
    put(f"{key}{SOURCE}", content)


def read_source(key: str) -> bytes | None:
    return read(f"{key}{SOURCE}")


def find(name: str) -> bytes | None:
    try:
        return path_of(name).read_bytes()
    except NotFound:
        return None


def remove_source(key: str) -> None:
    _remove([f"{key}{SOURCE}"])


def remove(key: str) -> None:
    """All files that `key` names, but not its source."""
    _remove([f"{key}-{width}.{ending}" for width in WIDTHS for ending in ENDINGS])


def path_of(name: str) -> Path:
    """Raises NotFound for whatever is not the name of one of our files, and bucket.Away."""
    path = _folder().resolve() / name
    if not OURS.fullmatch(name) or not (path.is_file() or _fetched(name)):
        raise NotFound(_("There is no picture at this address."))
    return path


def names() -> Iterator[str]:
    """Of all files that are ours, sources too."""
    if bucket.is_set():
        yield from filter(KEPT.fullmatch, bucket.names())
    elif _folder().is_dir():
        yield from sorted(path.name for path in _folder().iterdir() if KEPT.fullmatch(path.name))


def read(name: str) -> bytes | None:
    path = _folder() / name
    if path.is_file():
        return path.read_bytes()
    return bucket.find(name) if bucket.is_set() else None


def _fetched(name: str) -> bool:
    content = bucket.find(name) if bucket.is_set() else None
    if content is not None:
        _write(name, content)
    return content is not None


def _write(name: str, content: bytes) -> None:
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(folder / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _remove(names: list[str]) -> None:
    if bucket.is_set():
        bucket.remove(names)
    for name in names:
        (_folder() / name).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.current().media_dir)
