import json
import socket
from pathlib import Path

import pytest

from carneau.standalone import backing, home, ports, procfile, settings
from carneau.standalone.environment import ROOT
from carneau.standalone.problem import Problem


def test_the_procfile_names_what_a_platform_runs():
    lines = procfile.lines(ROOT / "Procfile")

    assert list(lines) == ["release", *procfile.RUNNING]
    assert lines["release"] == "flask db upgrade"
    assert "${PORT:-8000}" in lines["web"]


def test_ports_stay_the_same_until_somebody_takes_one(tmp_path: Path):
    file = tmp_path / "ports.json"
    first = ports.remembered(file, ["mailbox", "stripe"])
    again = ports.remembered(file, ["mailbox", "stripe"])

    with socket.create_server((ports.HOST, first["mailbox"])):
        later = ports.remembered(file, ["mailbox", "stripe"])

    assert again == first
    assert later["mailbox"] != first["mailbox"]
    assert later["stripe"] == first["stripe"]


def test_secrets_are_made_once_and_are_private(tmp_path: Path):
    file = tmp_path / "settings.json"

    first, again = settings.remembered(file), settings.remembered(file)

    assert first == again
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["stripe_secret_key"].startswith("sk_test_")


def test_one_demo_at_a_time_on_a_folder(tmp_path: Path):
    with (
        home.locked(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(Problem, match=r"already: http://127.0.0.1:8000 \(process \d+\)"),
        home.locked(tmp_path, "http://127.0.0.1:9000"),
    ):
        pass
    with home.locked(tmp_path, "http://127.0.0.1:9000"):
        pass


def test_beginning_anew_deletes_what_the_demo_made_and_nothing_else(tmp_path: Path):
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "settings.json").touch()
    (tmp_path / "holiday.jpg").touch()

    home.clear(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_real_stripe_keys_need_the_webhook_secret_and_say_how_to_get_it():
    with pytest.raises(Problem, match=r"stripe listen --forward-to http://127\.0\.0\.1:8000/webhook"):
        backing.check_stripe({"STRIPE_SECRET_KEY": "sk_test_1"}, 8000)
    with pytest.raises(Problem, match="test keys only"):
        backing.check_stripe({"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, 8000)
    backing.check_stripe({"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}, 8000)
    backing.check_stripe({}, 8000)
