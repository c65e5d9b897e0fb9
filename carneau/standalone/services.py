import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from carneau.standalone import ports, postgres, redis


@contextmanager
def for_tests() -> Iterator[tuple[str, str]]:
    """The URLs of a PostgreSQL and a Redis of their own in a temporary folder: quick, and gone afterwards."""
    postgres_port, redis_port = ports.pick(2)
    password = secrets.token_hex(16)
    with ExitStack() as stack:
        scratch = tempfile.TemporaryDirectory(prefix="carneau-test-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(scratch)).resolve()
        folder.chmod(0o711)
        server = postgres.start(folder / "postgres", postgres_port, password, folder / "postgres.log", durable=False)
        stack.callback(server.stop)
        queue = redis.start(folder / "redis", redis_port, password, folder / "redis.log")
        stack.callback(queue.stop)
        yield server.url, queue.url
