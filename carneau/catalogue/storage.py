"""The one door to the pictures' files: a local folder, kept between deployments."""

import os
import re
import tempfile
from pathlib import Path

from flask_babel import gettext as _

from carneau.core import settings
from carneau.core.errors import NotFound

OURS = re.compile(r"[0-9a-f]{24}-(?:320|640|960|1280)\.(?:webp|jpg)")


def put(name: str, content: bytes) -> None:
    """Whole or not at all: a full disk or a crash leaves no half picture under its name."""
    folder = Path(settings.current().media_dir)
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


def path_of(name: str) -> Path:
    """Raises NotFound for whatever is not the name of one of our files."""
    path = Path(settings.current().media_dir).resolve() / name
    if not OURS.fullmatch(name) or not path.is_file():
        raise NotFound(_("There is no picture at this address."))
    return path
