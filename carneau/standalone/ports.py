import json
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Also false where somebody listens on every address, which some systems would let us bind beside."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError:
            return False
    return True


def pick(count: int) -> list[int]:
    with ExitStack() as kept:
        servers = [kept.enter_context(socket.socket()) for _ in range(count)]
        for server in servers:
            server.bind((HOST, 0))
        return [server.getsockname()[1] for server in servers]


def remembered(file: Path, names: Sequence[str]) -> dict[str, int]:
    """The ports of the last start, so that links stay good; a new one where somebody took it meanwhile."""
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in known or not is_free(known[name])]
    known |= dict(zip(missing, pick(len(missing)), strict=True))
    file.write_text(json.dumps(known, indent=2) + "\n")
    return {name: known[name] for name in names}
