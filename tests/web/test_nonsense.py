"""What no browser sends and somebody will: every route is sent some of each kind, and all that it reads itself; it
crashes at none, and keeps nothing of it."""

import inspect
import sys
from functools import cache

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from tests.actors import World
from tests.buying import Buyer
from tests.making import make_ticket_type
from tests.test_routes import ROUTES
from tests.visiting import TOKEN

NUL, SURROGATE, NO_TEXT, LONG = "%00", "%ED%A0%80", "%FF%FE", "x" * 900_000
FORM = "application/x-www-form-urlencoded"
FIELDS = ("name", "email", "password", "new_password", "quantity", "quantity-{public_id}", "key", "next", "instead")
TABLES = ("ticket_types", "holds", "carts", "purchases", "payments", "tickets", "stripe_events", "users", "mails")
VALUES = ("", "-1", "1.5", "1e9", "2147483648", "9" * 400, "%D9%A1", "%0D%0ABcc:a@b.example", "0001-01-01", "9999-12")
NAMES = (NUL, SURROGATE, NO_TEXT, "..%2F..%2Fetc%2Fpasswd", "a" * 5000, "%F0%9F%8E%AB", "%0d%0aA:b", "%25s")
NEED_NOTHING = ("cart.emptyings_create", "cart.extensions_create", "account.all_sessions_destroy")
QUERIES = (
    *(f"q={value}&city={value}&purchase={value}&key={value}&session_id={value}" for value in (NUL, SURROGATE, NO_TEXT)),
    *(f"{name}={value}" for name in ("month", "after") for value in (SURROGATE, NO_TEXT)),
    *(f"{name}=9999-12" for name in ("month", "after", "before", "session_id")),
    "after=9999999999999999.a&before=0.a",
    "month=0001-01&city=%F0%9F%8E%AB",
    "q=%22%27:*%26%7C!()&session_id=..%2F..%2Fevents",
    "%",
)
LONG_QUERIES = ("q=" + "%F0%9F%8E%AB" * 3000, "a=1&" * 20_000)
OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "NONSENSE", "g\xe9t")
HEADERS = (
    {"Range": "bytes=5-1", "If-Range": "nonsense"},
    {"Range": "bytes=0-0,1-1,99999999999999999999-"},
    {"If-None-Match": '"', "If-Match": "W/", "If-Modified-Since": "Thu, 01 Jan 0001 00:00:00 GMT"},
    {"If-None-Match": "*, " * 2000, "If-Unmodified-Since": "yesterday"},
    {"Cookie": 'cart=%00; session=.eJ; cart="a\\000b"; remember_token=a|b; =; ;;'},
    {"Cookie": "cart=" + "x" * 8000},
    {"Accept": "\xff/*;q=nan", "Accept-Encoding": "gzip;q=x, \xff", "Accept-Language": "-;q=9" * 500},
    {"X-Forwarded-For": "\xff, ,", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "Forwarded": "="},
    {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "\xff", "HX-Current-URL": "javascript:"},
    {"Authorization": "Basic \xff", "Content-Type": "multipart/form-data", "Referer": "\xff"},
    {"Authorization": "Bearer " + "x" * 9000, "Content-Type": "\xff/\xff; charset=\xff"},
    {"Origin": "http://[", "Sec-Fetch-Site": "none"},
    {"Origin": "http://["},
)
PART = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
BODIES = (
    ("application/json", b'{"name": "\\ud800\\u0000", "quantity": 1e999}'),
    ("application/json", b"[" * 50_000),
    ("application/json; charset=utf-16", b"\xff"),
    (FORM, b"%&=&&%zz=%zz&\xff=\xff"),
    (f"{FORM}; charset=nonsense", b"name=a"),
    (f"{FORM}; charset=utf-7", b"name=+AAA-"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\n"),
    ("text/plain", b"name=a"),
    ("", b"name=a"),
)
LONG_BODIES = (
    (FORM, b"a=1&" * 100_000),
    ("multipart/form-data; boundary=b", (PART.format("name", "", "a") * 5000 + "--b--").encode()),
)


@pytest.fixture
def world(app, database):
    return World(app)


@pytest.fixture
def stock(app, database):
    """The rows, each as one text."""

    def rows():
        with app.app_context(), transaction():
            return {name: sorted(db.session.scalars(sa.text(f"SELECT t::text FROM {name} t"))) for name in TABLES}

    return rows


def browser_of(world, cart):
    """Logged in as an owner, with a token for session forms and with places in the cart."""
    client = world.browser("owner")
    client.set_cookie("cart", cart)
    client.set_cookie("door", world.own["door_token"])
    token = TOKEN.search(client.get("/account/name").text)
    assert token
    return client, token[1]


def share(kinds, number, of=3):
    """Of what one layer answers in the place of every route, each gets its part and its neighbours the others."""
    return [kind for place, kind in enumerate(kinds) if (place + number) % of == 0]


@cache
def reads(module, *names):
    """Whether something of that name is read in the file that the view stands in."""
    source = inspect.getsource(sys.modules[module])
    return any(name in source for name in names)


def fields(token, public_id):
    for value in (NUL, SURROGATE, NO_TEXT, *VALUES):
        filled = "&".join(f"{field.format(public_id=public_id)}={value}" for field in (*FIELDS, "code"))
        yield FORM, f"csrf_token={token}&{filled}".encode()


def unreadable(token):
    """Looked through before any view sees it."""
    yield from BODIES
    yield FORM, f"csrf_token={token}&name=a&email=a%40b.example&quantity{NUL}=1".encode()
    yield FORM.upper(), f"csrf_token={token}&name=a{NUL}&email=a%40b.example&quantity=1".encode()
    parts = "".join(PART.format(field, '; filename="\x00"', "\x00") for field in FIELDS)
    yield "Multipart/Form-Data; boundary=b", (parts + "--b--").encode()
    parts = "".join(PART.format(field, "", "\x00\ud800") for field in FIELDS)
    yield "Multipart/Form-Data; boundary=b", (parts + "--b--").encode("utf-8", "surrogatepass")


def bodies(number, module, token, public_id):
    yield from fields(token, public_id)
    yield from share([*unreadable(token)], number, of=1 if reads(module, "get_data", "answers", "reading") else 3)
    long_fields = FORM, f"csrf_token={token}&name={LONG}&email={LONG[:90_000]}".encode()
    yield from share([*LONG_BODIES, long_fields], number, of=12)


class Anything(dict):
    def __missing__(self, _name):
        return "x"


def requests(number, module, row, method, path, token, public_id):
    queries = share(QUERIES, number, of=1 if reads(module, "request.args", "reading") else 3)
    for query in (*queries, *share(LONG_QUERIES, number, of=8)):
        yield {"path": f"{path}{'&' if '?' in path else '?'}{query}", "method": method}
    for headers in share(HEADERS, number):
        yield {"path": path, "method": method, "headers": headers}
    for other in share(OTHER_METHODS, number):
        yield {"path": path, "method": other, "data": b"{}"}
    for placeholder in row.placeholders:
        for value in NAMES:
            yield {"path": row.path.replace(f"{{{placeholder}}}", value).format_map(Anything()), "method": method}
    if method == "POST":
        for kind, body in bodies(number, module, token, public_id):
            yield {"path": path, "method": method, "data": body, "content_type": kind}


def test_nonsense_crashes_nothing_and_changes_nothing(app, world, stock):
    buyer = Buyer(app)
    buyer.take(make_ticket_type())
    before, wrong = stock(), []

    for number, ((endpoint, method), row) in enumerate(ROUTES.items()):
        client, token = browser_of(world, buyer.secret if endpoint not in NEED_NOTHING else "")
        module, path = app.view_functions[endpoint].__module__, row.path.format(**world.own)
        for request in requests(number, module, row, method, path, token, world.own["public_id"]):
            with client.open(**request) as answer:
                if answer.status_code >= 500 or "Content-Security-Policy" not in answer.headers:
                    wrong.append((answer.status_code, request["method"], request["path"][:80], str(request)[-120:]))

    assert wrong == [], wrong
    assert stock() == before
