import os
import subprocess
import sys
from pathlib import Path

import pytest

from carneau.standalone import bootstrap
from carneau.standalone.environment import ROOT, Environment, explain
from carneau.standalone.problem import Problem


def test_the_lock_for_tests_holds_all_that_the_other_holds():
    running = bootstrap.pins(bootstrap.RUNNING.read_text())
    testing = bootstrap.pins(bootstrap.TESTING.read_text())

    assert {name: testing.get(name) for name in running} == running


def test_a_lock_is_read_with_its_extras_and_markers():
    lock = "psycopg[binary]==3.3.9 \\\n    --hash=sha256:ab\ncolorama==0.4 ; sys_platform == 'win32' \\\n# via x==1\n"

    assert bootstrap.pins(lock) == {"psycopg": "3.3.9", "colorama": "0.4"}


def test_an_environment_with_everything_is_used_as_it_is():
    assert bootstrap.has_everything("pytest==" + pytest.__version__)
    assert not bootstrap.has_everything("pytest==0.0.1")
    assert not bootstrap.has_everything("no-such-package==1")
    assert bootstrap.has_everything("no-such-package==1 ; sys_platform == 'win32'")


def test_an_environment_is_complete_for_the_very_lock_that_was_installed(tmp_path: Path):
    environment = Environment(tmp_path / ".venv")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    environment.python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    environment.python.chmod(0o755)
    environment.record.write_text('{"requirements.txt": "digest"}')

    assert environment.has(bootstrap.RUNNING, "digest")
    assert not environment.has(bootstrap.RUNNING, "another digest")
    assert not environment.has(bootstrap.TESTING, "digest")


def test_a_broken_environment_that_is_not_ours_is_left_alone(tmp_path: Path):
    environment = Environment(tmp_path / ".venv")
    environment.folder.mkdir()
    (environment.folder / "precious").touch()

    with pytest.raises(Problem, match="Delete it and start again"):
        environment.install(bootstrap.RUNNING, {})
    assert (environment.folder / "precious").exists()


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("Failed to establish a new connection: Temporary failure in name resolution", "cannot be reached"),
        ("ERROR: No matching distribution found for flask==3.1.3", "cannot be reached"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "differs from the one"),
    ],
)
def test_what_went_wrong_is_said_in_words(said: str, cause: str):
    assert cause in explain(said)


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["nonsense"], 2), (["--help"], 0)])
def test_help_is_short_and_a_wrong_command_is_an_error(arguments: list[str], code: int):
    answer = subprocess.run(
        [sys.executable, "-m", "carneau", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert answer.returncode == code
    assert "python3 -m carneau COMMAND" in answer.stdout + answer.stderr


def test_nothing_but_the_standard_library_is_needed_to_begin():
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import carneau.__main__"],
        capture_output=True, text=True, check=False, env={"PATH": os.defpath},
    )  # fmt: skip

    assert answer.stderr == ""
