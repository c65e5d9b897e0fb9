import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from carneau.standalone import backing, ports, services
from carneau.standalone import demo as stack
from carneau.standalone.environment import ROOT
from carneau.standalone.problem import Problem

MOST_WORKERS = 8
"""Each has a Redis database of its own, and there are sixteen."""


def demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m carneau demo")
    parser.add_argument("--fresh", action="store_true", help="delete the demo's data first")
    return stack.run(fresh=parser.parse_args(arguments).fresh)


def test(arguments: list[str]) -> int:
    command = ["pytest", *_workers(arguments), *arguments]
    if "TEST_DATABASE_URL" in os.environ:
        return _run(command, {})
    with services.for_tests() as (database_url, redis_url):
        return _run(command, {"TEST_DATABASE_URL": database_url, "TEST_REDIS_URL": redis_url})


def _workers(arguments: list[str]) -> list[str]:
    """One for each core, unless single files are asked for. pytest heeds the last -n: whoever gives one decides."""
    if any((ROOT / argument.partition("::")[0]).is_file() for argument in arguments):
        return []
    return ["-n", "logical", "--maxprocesses", str(MOST_WORKERS)]


def bench(arguments: list[str]) -> int:
    """The benchmark finds everything but web, worker and clock running, and starts these itself."""
    with tempfile.TemporaryDirectory(prefix="carneau-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        folder.chmod(0o711)
        with backing.services(folder, ports.pick(1)[0]) as running:
            stack.prepare(running)
            backing.wait_for_helpers(running)
            return _run(["bench", *arguments], running.environ)


def _run(module: list[str], environ: Mapping[str, str]) -> int:
    """A Ctrl-C reaches the program too, which ends in its own way; a SIGTERM is passed on."""
    program = subprocess.Popen([sys.executable, "-m", *module], env=os.environ | dict(environ), cwd=ROOT)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    try:
        return program.wait()
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])


COMMANDS = {"demo": demo, "test": test, "bench": bench}


def main(arguments: list[str]) -> int:
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
