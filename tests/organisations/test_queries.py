import pytest

from carneau.core.errors import NotFound
from carneau.organisations import queries
from tests.making import make_organisation


def test_an_organisation_is_found_by_its_slug(database):
    house = make_organisation(slug="les-rives")

    assert queries.by_slug("les-rives").id == house.id
    with pytest.raises(NotFound):
        queries.by_slug("les-ombres")
