import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from carneau.standalone.problem import Problem

ROOT = Path(__file__).resolve().parents[2]
OLDEST_PYTHON = (3, 11)
SPACE_NEEDED_MB = 600
PIP_OPTIONS = ["--require-hashes", "--no-deps", "--retries", "2", "--no-input", "--progress-bar", "off"]
CAUSES = {
    r"No space left on device": "The disk is full. Make room and start again.",
    r"(?i)not match the hashes": "A download differs from the one that was locked; it was not installed.",
    r"name resolution|Connection|Timeout|unreachable|ProxyError|Could not find a version|No matching": (
        "The package index cannot be reached. Check the network or pip's settings, and start again."
    ),
}


@dataclass(frozen=True)
class Environment:
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def record(self) -> Path:
        """Which locks were installed, by digest; its presence says that the folder is ours to replace."""
        return self.folder / "carneau.json"

    def is_this(self) -> bool:
        return Path(sys.prefix) == self.folder

    def has(self, lock: Path, digest: str) -> bool:
        return self._recorded().get(lock.name) == digest and self._runs("import honcho")

    def install(self, lock: Path, digests: dict[str, str]) -> None:
        """`digests` names the lock and those whose packages it holds all of."""
        _check_room(self.folder.parent)
        if not self._runs():
            self._make()
        say(f"Installing {lock.name} into {self.folder} (only when it changes; takes 10 to 30 seconds)")
        command = [*self._pip(), "install", *PIP_OPTIONS, "-r", str(lock)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            last = "\n".join(f"    {line}" for line in done.stdout.splitlines()[-6:])
            raise Problem(f"{explain(done.stdout)} pip said:\n{last}")
        self._remember(self._recorded() | digests)

    def _recorded(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads(self.record.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return known

    def _remember(self, locks: dict[str, str]) -> None:
        self.record.write_text(json.dumps(locks, indent=2) + "\n")

    def _runs(self, statement: str = "import sys") -> bool:
        probe = f"{statement}; import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
        return self.python.exists() and _succeeds([str(self.python), "-c", probe])

    def _make(self) -> None:
        if self.folder.exists() and not self.record.exists():
            raise Problem(f"{self.folder} holds an environment that does not run here. Delete it and start again.")
        say(f"Making an environment with Python {sys.version.split()[0]} in {self.folder}")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self._remember({})
        base = [sys.executable, "-m", "venv", str(self.folder)]
        if not _succeeds(base) and not _succeeds([*base, "--without-pip"]):
            raise Problem(f"{sys.executable} cannot make an environment. On Debian: apt install python3-venv")

    def _pip(self) -> list[str]:
        """Debian's bare Python cannot put pip into an environment, but its own pip may install into it."""
        inside = [str(self.python), "-m", "pip"]
        outside = [sys.executable, "-m", "pip", "--python", str(self.python)]
        for command in (inside, outside):
            if _succeeds([*command, "--version"]):
                return command
        raise Problem(f"{sys.executable} has no pip. On Debian: apt install python3-venv")


def explain(output: str) -> str:
    for pattern, cause in CAUSES.items():
        if re.search(pattern, output):
            return cause
    return "A package could not be installed."


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _check_room(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise Problem(f"Cannot write to {folder}. Copy Carneau to a folder of your own and start it there.")
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < SPACE_NEEDED_MB:
        raise Problem(f"{free} MB are free in {folder}, {SPACE_NEEDED_MB} MB are needed. Make room.")


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
