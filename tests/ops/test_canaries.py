"""What a run says on its log, its metrics and its error pages, with secrets and addresses planted in it."""

import json
import os
import re
import subprocess
import sys

from carneau.standalone.environment import ROOT

CANARIES = {
    "SECRET_KEY": "canary-secret-key-canary-secret-key",
    "STRIPE_WEBHOOK_SECRET": "whsec_canary",
    "METRICS_TOKEN": "canary-metrics-token",
    "MAIL_PASSWORD": "canary-mail-password",
    "MAIL_USERNAME": "canary-mail-user",
    "SENTRY_DSN": "",
}


def test_no_secret_and_no_address_is_in_log_metrics_or_errors(database, settings):
    environ = os.environ | settings | CANARIES | {"LOG_LEVEL": "DEBUG"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.ops.canary_run"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    planted = [value for value in CANARIES.values() if value]
    planted += [settings["TICKET_KEY"], settings["STRIPE_SECRET_KEY"], settings["DATABASE_URL"]]
    planted += ["Canary Buyer-Name", "canary.buyer@example.org", "canary.login@example.org", "canary-pass"]
    planted += ["canary-local-variable", "canary-signature", "canary-body", "canary-key"]
    planted += said["made"]

    for canary in planted:
        for where, text in {"log": done.stderr, "metrics": said["metrics"]}.items():
            assert canary not in text, f"{canary} is in the {where}"
    shown_again = {"canary.login@example.org", "Canary Buyer-Name", "canary.buyer@example.org"}
    for page in said["errors"]:
        assert not [canary for canary in planted if canary in page and canary not in shown_again]
    events = {json.loads(line)["event"] for line in done.stderr.splitlines() if line.startswith("{")}
    assert {"answered", "crash", "job failed", "stripe did not answer"} <= events
    assert not re.search(r"\b\S+@(?:buyer\.)?example\.org\b", done.stderr)
