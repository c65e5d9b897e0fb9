"""Public pages, kept in the process for a second or so. A page that everyone sees alike is rendered once a second by
one thread and answered from memory to all others, before Flask is even asked."""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from werkzeug.exceptions import HTTPException

from carneau.web import measuring

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MOST_BYTES = 16 * 1024 * 1024
LARGEST_PAGE = 2 * 1024 * 1024
LONGEST_QUERY = 2000
STALE_SECONDS = 2.0
PATIENCE_SECONDS = 3.0
RENDERERS = 64
WORTH_PACKING = 600
KEEP = "carneau.keep_seconds"
READ_BY_PUBLIC_PAGES: set[str] = set()
Headers = list[tuple[str, str]]
Key = tuple[str, str, str, str, bool]


class Kept:
    """One page as it goes out: plain and packed, with its headers."""

    __slots__ = ("body", "etag", "headers", "packed", "packed_headers", "short_headers", "until")

    def __init__(self, body: bytes, headers: Headers, until: float) -> None:
        plain = [(name, value) for name, value in headers if name.lower() != "content-length"]
        packed = gzip.compress(body, 6, mtime=0) if len(body) >= WORTH_PACKING else body
        encoding = [("Content-Encoding", "gzip")] if packed is not body else []
        self.body, self.packed, self.until = body, packed, until
        self.headers = [*plain, ("Content-Length", str(len(body)))]
        self.packed_headers = [*plain, *encoding, ("Content-Length", str(len(packed)))]
        self.short_headers = [(name, value) for name, value in plain if name.lower() != "content-type"]
        self.etag = next(value for name, value in headers if name.lower() == "etag").removeprefix("W/")

    def __len__(self) -> int:
        return len(self.body) + len(self.packed) + 2000

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if known and (self.etag in known or known.strip() == "*"):
            start_response("304 NOT MODIFIED", list(self.short_headers))
            return []
        packs = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        start_response("200 OK", list(self.packed_headers if packs else self.headers))
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [self.packed if packs else self.body]


class KeptPages:
    """WSGI middleware around Flask. One thread renders a page; the others get the last one meanwhile, or wait where
    there is none that is fresh enough. The oldest pages go when the memory for them is used up."""

    def __init__(self, app: Flask) -> None:
        self.app = app.wsgi_app
        self.url_map, self.views = app.url_map, app.view_functions
        self.pages: OrderedDict[Key, Kept] = OrderedDict()
        self.bytes = 0
        self.lock = threading.Lock()
        self.rendering = [threading.Lock() for _ in range(RENDERERS)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.app(environ, start_response)
        key = key_of(environ)
        kept = self.pages.get(key)
        if kept is not None and time.monotonic() < kept.until:
            measuring.answered_from_memory()
            return kept.answer(environ, start_response)
        if kept is None and not self.is_public(environ):
            return self.app(environ, start_response)
        return self.renew(key, kept, environ, start_response)

    def is_public(self, environ: "WSGIEnvironment") -> bool:
        try:
            endpoint, _ = self.url_map.bind("").match(environ.get("PATH_INFO", ""), method="GET")
        except HTTPException:
            return False
        return getattr(self.views.get(endpoint), "is_public", False)

    def renew(
        self, key: Key, kept: Kept | None, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        will_do = kept is not None and time.monotonic() < kept.until + STALE_SECONDS
        lock = self.rendering[hash(key) % RENDERERS]
        mine = lock.acquire(timeout=0 if will_do else PATIENCE_SECONDS)
        try:
            newest = self.pages.get(key)
            if newest is not None and (newest is not kept or (will_do and not mine)):
                return newest.answer(environ, start_response)
            return self.render(key, environ, start_response)
        finally:
            if mine:
                lock.release()

    def render(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        seen: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, exc_info: Any = None, /) -> Callable[[bytes], object]:
            seen[:] = [(status, headers)]
            return _no_write

        body = self.app(environ, note)
        status, headers = seen[0]
        seconds = environ.get(KEEP)
        if seconds is None or any(name.lower() == "set-cookie" for name, _ in headers):
            self.drop(key)
        elif environ["REQUEST_METHOD"] == "GET":
            kept = Kept(b"".join(body), headers, time.monotonic() + seconds)
            if hasattr(body, "close"):
                body.close()
            self.keep(key, kept)
            return kept.answer(environ, start_response)
        start_response(status, headers)
        return body

    def keep(self, key: Key, kept: Kept) -> None:
        self.drop(key)
        if len(kept) > LARGEST_PAGE:
            return
        with self.lock:
            self.pages[key] = kept
            self.bytes += len(kept)
            while self.bytes > MOST_BYTES:
                self.bytes -= len(self.pages.popitem(last=False)[1])

    def drop(self, key: Key) -> None:
        with self.lock:
            if old := self.pages.pop(key, None):
                self.bytes -= len(old)

    def forget(self) -> None:
        with self.lock:
            self.pages.clear()
            self.bytes = 0


def _no_write(_data: bytes) -> object:
    raise AssertionError("Flask answers with an iterable")


def key_of(environ: "WSGIEnvironment") -> Key:
    """Only parameters that a public page reads tell pages apart: a campaign's `utm_source` renders nothing anew."""
    query = environ.get("QUERY_STRING", "")
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        _normal(query) if query else "",
        environ.get("HTTP_HX_REQUEST_TYPE") == "partial",
    )


def _normal(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        return query
    first: dict[str, str] = {}
    for name, value in parse_qsl(query, encoding="latin-1"):
        if name in READ_BY_PUBLIC_PAGES:
            first.setdefault(name, value)
    return urlencode(sorted(first.items()), encoding="latin-1")
