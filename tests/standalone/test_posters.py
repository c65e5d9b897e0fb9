import hashlib
from time import process_time

import pytest

from carneau.standalone.posters import wall
from carneau.standalone.posters.lettering import FONTS
from carneau.standalone.posters.sheet import HEIGHT, SIZE, WIDTH

MARGIN = 40
every_poster = pytest.mark.parametrize("name", wall.POSTERS)


@every_poster
def test_no_word_runs_out_of_the_frame(name):
    for text, (left, top, right, bottom) in wall.POSTERS[name]().words:
        assert left >= MARGIN and top >= MARGIN, text
        assert right <= WIDTH - MARGIN and bottom <= HEIGHT - 24, text


@every_poster
def test_no_word_lies_over_another(name):
    words = wall.POSTERS[name]().words
    for index, (text, (left, top, right, bottom)) in enumerate(words):
        for other, (x, y, far, low) in words[:index]:
            assert right <= x or far <= left or bottom <= y or low <= top, (text, other)


def test_a_poster_is_the_same_each_time_it_is_drawn():
    for name in ("tamsin-orrevall", "the-weather-in-the-walls-rain"):
        first, second = wall.draw(name), wall.draw(name)
        assert first.size == SIZE
        assert first.tobytes() == second.tobytes()


def test_no_two_posters_are_alike():
    prints = {hashlib.sha256(wall.draw(name).tobytes()).hexdigest() for name in wall.POSTERS}
    assert len(prints) == len(wall.POSTERS)


def test_the_whole_wall_is_drawn_within_six_seconds():
    start = process_time()
    for name in wall.POSTERS:
        wall.draw(name)
    assert process_time() - start < 6


def test_the_letters_are_the_files_that_were_recorded():
    recorded = (FONTS / "VENDORED.md").read_text()
    files = list(FONTS.glob("*.woff"))
    assert files
    for file in files:
        assert f"| `{file.name}` |" in recorded
        assert hashlib.sha256(file.read_bytes()).hexdigest() in recorded
