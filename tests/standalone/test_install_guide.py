"""docs/install.md, "One machine, with honcho": its own lines, in an empty environment, with a PostgreSQL, a Redis, a
mail server and a Stripe that are not ours to start. Only addresses and ports are the test's."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.shop import Buyer
from carneau.standalone import ports, services
from carneau.standalone.answers import answers
from carneau.standalone.environment import ROOT
from carneau.standalone.processes import Child, spawn, stop, wait_ready, wait_until
from tests.machines.cluster import MAKE_EVENT, is_ready

pytestmark = pytest.mark.skipif(
    not Path(sys.prefix, "bin", "activate").exists(), reason="this Python is no virtual environment, as the guide's is"
)
GUIDE = (ROOT / "docs" / "install.md").read_text()
CLONED = ("Procfile", "bench", "carneau", "config.py", "migrations", "static", "templates", "tests", "wsgi.py")
SETTINGS_ARE_READ = ". .venv/bin/activate && set -a && . ./.env && set +a"


def blocks(heading: str) -> list[str]:
    chapter = GUIDE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"^```\n(.*?)^```", chapter, re.MULTILINE | re.DOTALL)


def filled_in() -> str:
    """The example, with the keys that its own commands make."""
    example = (ROOT / "deploy" / "env.example").read_text()
    commands = re.findall(r"^# (python3 -c .*?')(?:   .*)?\n(\w+)=$", example, re.MULTILINE)
    assert [name for _command, name in commands] == ["SECRET_KEY", "TICKET_KEY"]
    for command, name in commands:
        key = subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
        example = example.replace(f"\n{name}=\n", f"\n{name}={key}")
    return example


@dataclass
class Clone:
    folder: Path
    at: dict[str, int]

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "PYTHONUNBUFFERED": "1"}

    def moved(self, text: str) -> str:
        for port, own in self.at.items():
            text = re.sub(rf"\b{port}\b", str(own), text)
        return text

    def shell(self, line: str) -> list[str]:
        return ["/bin/sh", "-c", f"{SETTINGS_ARE_READ}\nexec {self.moved(line)}"]

    def run(self, line: str) -> str:
        done = subprocess.run(
            self.shell(line), cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, line: str) -> Child:
        name = re.sub(r"\W+", "-", line)[:40]
        log = self.folder / f"{name}.log"
        return spawn(name, self.shell(line), log=log, env=self.environ, cwd=self.folder)


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    made = Clone(tmp_path, dict(zip(("8000", "8001", "8025"), ports.pick(3), strict=True)))
    for name in CLONED:
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with services.for_tests() as (database, redis):
        laptop, _servers = blocks("Without TLS, without an account at Stripe")
        of_this_test = f"DATABASE_URL={database}\nREDIS_URL={redis}\nMEDIA_DIR={tmp_path / 'media'}\nPORT=8000\n"
        (tmp_path / ".env").write_text(filled_in() + made.moved(laptop + of_this_test))
        yield made


def test_the_lines_of_the_guide_sell_a_ticket(clone: Clone):
    guide = blocks("One machine, with honcho")[0].splitlines()
    assert SETTINGS_ARE_READ in guide
    _laptop, servers = blocks("Without TLS, without an account at Stripe")
    children = [clone.start(line) for line in servers.splitlines()]
    simulator, mailbox = children
    try:
        wait_ready(simulator, lambda: answers(clone.at["8001"], "/healthz"))
        clone.run(guide[-2])
        children.append(clone.start(guide[-1]))
        kind = clone.run(f"python -c '{MAKE_EVENT}'").strip()
        wait_ready(children[-1], lambda: is_ready(clone.at["8000"]))

        buyer = Buyer(clone.at["8000"])
        with closing(buyer.connection):
            assert buyer.take(kind) == 303
            buyer.pay(f"http://127.0.0.1:{clone.at['8001']}")

        assert wait_until(lambda: "Subject: Your ticket" in mailbox.log.read_text(), 30), children[-1].last_words()
        assert "BAD" not in clone.run("flask doctor --mail you@example.org")
    finally:
        stop(children, 10)
