import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def folder_for_postgres() -> Iterator[Path]:
    """One that the account which runs PostgreSQL for root may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="carneau-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve()


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_postgres() as path:
        yield path
