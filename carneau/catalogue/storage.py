"""The one door to the pictures' files: a local folder, kept between deployments."""

import os
import re
import tempfile
from pathlib import Path

from flask_babel import gettext as _

from carneau.core import settings
from carneau.core.errors import NotFound

OURS = re.compile(r"[0-9a-f]{24}-(?:320|640|960|1280)\.(?:webp|jpg)")
SOURCE = "-source"


def put(name: str, content: bytes) -> None:
    """Whole or not at all: a full disk or a crash leaves no half picture under its name."""
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


def put_source(key: str, content: bytes) -> None:
    """The whole picture, from which others are cut later. Its name is none that `path_of` gives out."""
    put(f"{key}{SOURCE}", content)


def read_source(key: str) -> bytes | None:
    path = _folder() / f"{key}{SOURCE}"
    return path.read_bytes() if path.is_file() else None


def remove_source(key: str) -> None:
    (_folder() / f"{key}{SOURCE}").unlink(missing_ok=True)


def remove(key: str) -> None:
    """All files that `key` names, but not its source."""
    for path in _folder().glob(f"{key}-*"):
        if OURS.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.current().media_dir)


def path_of(name: str) -> Path:
    """Raises NotFound for whatever is not the name of one of our files."""
    path = _folder().resolve() / name
    if not OURS.fullmatch(name) or not path.is_file():
        raise NotFound(_("There is no picture at this address."))
    return path
