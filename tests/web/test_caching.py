import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, Response, request, session

from carneau.web import caching, kept_pages


class Room:
    """An application of public pages that count their renderings and can be made to take their time."""

    def __init__(self):
        self.app = Flask(__name__)
        self.app.secret_key = "x"
        caching.init_app(self.app)
        self.rendered = 0
        self.gate = threading.Event()
        self.gate.set()
        self.inside = threading.Semaphore(0)
        self.status = 200
        self.size = 5000
        self.app.add_url_rule("/p/<name>", "p", caching.public(seconds=0.2, reads=("q",))(self.p))
        self.app.add_url_rule("/private", "private", lambda: "mine")
        self.app.add_url_rule("/cookie", "cookie", caching.public()(self.cookie))

    def p(self, name):
        self.inside.release()
        self.gate.wait(5)
        self.rendered += 1
        words = f"{name} {request.args.get('q', '')} {self.rendered} ".ljust(self.size, ".")
        return Response(words, self.status)

    def cookie(self):
        session["a"] = 1
        return "cookie"

    def get(self, path, **headers):
        return self.app.test_client().get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def room():
    return Room()


def test_a_kept_page_is_not_rendered_again_until_its_time_is_over(room):
    assert room.get("/p/a").data == room.get("/p/a").data
    assert room.rendered == 1
    time.sleep(0.25)
    room.get("/p/a")
    assert room.rendered == 2


def test_what_no_public_page_reads_renders_nothing_anew(room):
    for query in ("", "?utm_source=mail", "?x=%ff&y", "?q=", "?Q=1", "?utm_source=" + "z" * 500):
        room.get("/p/a" + query)
    assert room.rendered == 1

    answers = {room.get("/p/a" + query).data[:6] for query in ("?q=1", "?q=1&utm=2", "?utm=3&q=1&q=9")}
    assert answers == {b"a 1 2 "}
    room.get("/p/a?q=2")
    assert room.rendered == 3


def test_hosts_schemes_and_fragments_are_kept_apart(room):
    client = room.app.test_client()
    client.get("/p/a")
    client.get("/p/a", headers={"HX-Request-Type": "partial"})
    client.get("/p/a", base_url="https://localhost")
    client.get("/p/a", base_url="http://127.0.0.1")

    assert room.rendered == 4


def test_a_page_says_who_may_keep_it_and_sets_no_cookie(room):
    for _ in range(2):
        answer = room.get("/p/a")
        assert answer.headers["Cache-Control"] == "public, max-age=1, s-maxage=5, stale-while-revalidate=5"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert room.get("/private").headers["Cache-Control"] == "private, no-store"


def test_who_has_the_page_gets_304_from_memory(room):
    etag = room.get("/p/a").headers["ETag"]
    for known in (etag, f'"x", {etag}', "*", etag.removeprefix("W/")):
        answer = room.get("/p/a", If_None_Match=known)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == etag
        assert "Content-Length" not in answer.headers
        assert "max-age" in answer.headers["Cache-Control"]
    assert room.get("/p/a", If_None_Match='W/"other"').status_code == 200
    assert room.rendered == 1


def test_head_has_the_headers_of_get_and_no_body(room):
    cold = room.app.test_client().head("/p/a")
    get = room.get("/p/a")
    warm = room.app.test_client().head("/p/a")

    assert cold.data == warm.data == b""
    assert warm.headers["ETag"] == get.headers["ETag"]
    assert warm.headers["Content-Length"] == get.headers["Content-Length"]
    assert cold.headers["Cache-Control"] == get.headers["Cache-Control"]


def test_packed_and_plain_are_the_same_page(room):
    plain = room.get("/p/a")
    packed = room.get("/p/a", Accept_Encoding="gzip, br")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) == 5000
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert int(packed.headers["Content-Length"]) == len(packed.data)


@pytest.mark.parametrize("status", [404, 302, 500])
def test_only_whole_pages_are_kept(room, status):
    room.status = status
    for _ in range(2):
        assert room.get("/p/a").status_code == status
    assert room.rendered == 2


def test_a_page_that_is_gone_is_forgotten(room):
    room.get("/p/a")
    time.sleep(0.25)
    room.status = 404
    assert room.get("/p/a").status_code == 404
    assert not room.app.extensions["kept_pages"].pages
    assert room.app.extensions["kept_pages"].bytes == 0


def test_a_page_that_sets_a_cookie_is_never_kept(room):
    assert "Set-Cookie" in room.get("/cookie").headers
    assert not room.app.extensions["kept_pages"].pages


def test_writes_pass_by(room):
    room.get("/p/a")
    assert room.app.test_client().post("/p/a").status_code == 405


def test_one_thread_renews_while_the_others_get_the_last_page(room):
    last = room.get("/p/a").data
    assert room.inside.acquire(timeout=1)
    time.sleep(0.25)
    room.gate.clear()
    with ThreadPoolExecutor(9) as pool:
        renewing = pool.submit(room.get, "/p/a")
        assert room.inside.acquire(timeout=5)
        others = [pool.submit(room.get, "/p/a") for _ in range(8)]
        assert [other.result(timeout=5).data for other in others] == [last] * 8
        room.gate.set()
        newest = renewing.result(timeout=5).data
    assert newest != last
    assert room.rendered == 2


def test_a_page_of_long_ago_is_waited_for_not_shown(room):
    last = room.get("/p/a").data
    time.sleep(0.25 + kept_pages.STALE_SECONDS)
    room.gate.clear()
    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(room.get, "/p/a") for _ in range(5)]
        time.sleep(0.2)
        room.gate.set()
        pages = {answer.result(timeout=5).data for answer in answers}
    assert len(pages) == 1
    assert last not in pages
    assert room.rendered == 2


def test_the_first_visitors_of_all_wait_for_one_rendering(room):
    room.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(room.get, "/p/a") for _ in range(8)]
        time.sleep(0.2)
        room.gate.set()
        pages = {answer.result(timeout=5).data for answer in answers}
    assert len(pages) == 1
    assert room.rendered == 1


def test_memory_for_pages_is_bounded(room):
    kept = room.app.extensions["kept_pages"]
    room.size = 800_000
    for number in range(30):
        room.get(f"/p/{number}")
    assert 0 < kept.bytes <= kept_pages.MOST_BYTES < 30 * room.size
    assert kept.bytes == sum(len(page) for page in kept.pages.values())

    room.size = kept_pages.LARGEST_PAGE + 1
    before = len(kept.pages)
    assert room.get("/p/too-large").status_code == 200
    assert len(kept.pages) == before


def test_many_threads_over_many_pages_leave_the_books_right(room):
    room.size = 800_000

    def visit(number):
        return room.get(f"/p/{number % 27}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(visit, range(120))) == {200}
    kept = room.app.extensions["kept_pages"]
    assert kept.bytes == sum(len(page) for page in kept.pages.values()) <= kept_pages.MOST_BYTES
