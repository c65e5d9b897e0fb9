import os
from pathlib import Path

from carneau.standalone import backing, home, interrupts, orphans, ports, procfile
from carneau.standalone.answers import answers
from carneau.standalone.backing import Backing
from carneau.standalone.environment import ROOT
from carneau.standalone.problem import Problem
from carneau.standalone.processes import Child, stop, wait_ready, wait_until
from carneau.standalone.season.people import DOOR_SECRET, PASSWORD, PEOPLE

PROCFILE = ROOT / "Procfile"


def run(*, fresh: bool) -> int:
    port, folder = _port(), home.from_environment()
    with interrupts.noted():
        try:
            with home.locked(folder, f"http://{ports.HOST}:{port}"):
                _clean_up(folder, fresh=fresh)
                _check_port(port)
                _serve(folder, port)
        except KeyboardInterrupt:
            _say("\nEverything has stopped. Started again, the demo goes on with its data.")
    return 0


def prepare(stack: Backing) -> None:
    """The release line, as a platform runs it before it starts the new processes."""
    _complete(stack, "release", procfile.shell(procfile.lines(PROCFILE)["release"]))


def _serve(folder: Path, port: int) -> None:
    _say(f"Carneau demo, in {folder}")
    with backing.services(folder, port) as stack:
        for origin in stack.origins:
            _say(f"  {origin}")
        _say("  Getting ready (10 to 20 seconds the first time)")
        prepare(stack)
        running: list[Child] = []
        try:
            for name in procfile.RUNNING:
                running.append(stack.spawn(name, procfile.shell(procfile.lines(PROCFILE)[name])))
            _complete(stack, "seed-demo", procfile.shell("flask seed-demo"))
            _announce(stack, running, port)
            _watch([*running, *stack.children])
        finally:
            stop(running, 5)


def _announce(stack: Backing, running: list[Child], port: int) -> None:
    backing.wait_for_helpers(stack)
    wait_ready(running[0], lambda: answers(port, "/readyz") or not all(child.is_running for child in running))
    _raise_if_stopped(running)
    site = f"http://{ports.HOST}:{port}"
    _say(f"\nReady: {site}\n")
    for name, link in {"Site": site, "Door link": f"{site}/door/links/{DOOR_SECRET}", **stack.links}.items():
        _say(f"  {name:17} {link}")
    _say(f"  {'Logs':17} {stack.logs}")
    for label, person in zip(("Demo log-ins", *[""] * len(PEOPLE)), PEOPLE, strict=False):
        _say(f"  {label:17} {person.email}")
    _say(f"  {'Password':17} {PASSWORD}, of all of them\n\nCtrl-C stops everything.")


def _watch(children: list[Child]) -> None:
    wait_until(lambda: not all(child.is_running for child in children), pause=0.2)
    _raise_if_stopped(children)


def _raise_if_stopped(children: list[Child]) -> None:
    for child in children:
        if not child.is_running:
            raise Problem(
                f"{child.name} has stopped (exit code {child.popen.returncode}), so everything stops. "
                f"The last lines of {child.log}:\n{child.last_words()}"
            )


def _complete(stack: Backing, name: str, command: list[str]) -> None:
    child = stack.spawn(name, command)
    try:
        wait_until(lambda: not child.is_running)
        code = child.popen.returncode
    finally:
        stop([child], 5)
    if code:
        raise Problem(f"{name} failed (exit code {code}), says {child.log}:\n{child.last_words()}")


def _clean_up(folder: Path, *, fresh: bool) -> None:
    left = orphans.stop_left_over(folder)
    if left:
        _say(f"Stopped {left} processes of a demo that was killed.")
    if fresh:
        home.clear(folder)
        if os.environ.get("DATABASE_URL"):
            _say("--fresh leaves the database of DATABASE_URL as it is.")


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _check_port(port: int) -> None:
    if ports.is_free(port):
        return
    free = next((other for other in range(port + 1, min(port + 100, 65536)) if ports.is_free(other)), None)
    raise Problem(
        f"Port {port} is taken by another program. Stop it, or choose another port:\n"
        f"    PORT={free or ports.pick(1)[0]} python3 -m carneau demo"
    )


def _say(text: str) -> None:
    print(text, flush=True)
