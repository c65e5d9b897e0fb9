import pytest

from tests.mailing import catching
from tests.visiting import Visitor


@pytest.fixture
def visitor(app, database):
    return Visitor(app)


@pytest.fixture
def catcher(app, database):
    with catching(app) as caught:
        yield caught
