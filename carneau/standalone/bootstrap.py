"""Standard library only, like environment.py: it runs before anything is installed."""

import fcntl
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import NoReturn

from carneau.standalone.environment import ROOT, Environment
from carneau.standalone.problem import Problem

RUNNING, TESTING = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
INCLUDED = {RUNNING: (RUNNING,), TESTING: (TESTING, RUNNING)}
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(;?)", re.MULTILINE)


def ensure(lock: Path) -> Path:
    """The Python that has what the lock names: this one if it is complete, else the one in .venv."""
    environment = Environment(ROOT / ".venv")
    if not environment.is_this() and has_everything(lock.read_text()):
        return Path(sys.executable)
    with _alone():
        if not environment.has(lock, digest(lock)):
            environment.install(lock, {included.name: digest(included) for included in INCLUDED[lock]})
    return environment.python


def become(python: Path, module: str, arguments: list[str]) -> NoReturn:
    """The same process goes on with that Python: whoever started it can still stop it."""
    os.execv(python, [str(python), "-m", module, *arguments])  # noqa: S606  a path of ours, no shell


def pins(lock_text: str) -> dict[str, str]:
    return {name: version for name, version, _ in PIN.findall(lock_text)}


def has_everything(lock_text: str) -> bool:
    """A package with a marker may be missing: only some systems need it."""
    return all(
        _installed(name) == version or (marker and _installed(name) is None)
        for name, version, marker in PIN.findall(lock_text)
    )


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands started at once install once."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main(arguments: list[str]) -> int:
    """For scripts: installs a lock and prints the Python that has it."""
    try:
        print(ensure(ROOT / arguments[0]))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
