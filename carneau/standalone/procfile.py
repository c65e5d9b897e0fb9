from pathlib import Path

from honcho.environ import parse_procfile

RUNNING = ("web", "worker", "clock")


def lines(file: Path) -> dict[str, str]:
    return dict(parse_procfile(file.read_text()).processes)


def shell(line: str) -> list[str]:
    """The shell fills in the line's variables, then becomes the program: signals reach it directly."""
    return ["/bin/sh", "-c", f"exec {line}"]
