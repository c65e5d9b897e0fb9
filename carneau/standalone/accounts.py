import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from carneau.standalone.problem import Problem

UNPRIVILEGED = ("postgres", "_postgres", "nobody", "daemon")


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        probe = ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(folder)]
        return subprocess.run(probe, cwd="/", check=False, **self.identity).returncode == 0


def runner(data: Path) -> Account | None:
    """Who runs PostgreSQL when root asks for it, for it refuses to run as root: the owner of the data that is
    there, else an unprivileged account. None for anyone but root."""
    if os.geteuid() != 0:
        return None
    owner = data.stat() if data.exists() else None
    if owner and owner.st_uid != 0:
        return Account(f"number {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Problem(
        "PostgreSQL refuses to run as root, and none of these accounts exists here to run it as: "
        f"{', '.join(UNPRIVILEGED)}. Start Carneau as an ordinary user, or set DATABASE_URL."
    )
