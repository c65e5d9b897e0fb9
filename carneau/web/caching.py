"""What a browser, a shared cache and this process may keep of a page. What says nothing is private."""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from carneau.core import replica
from carneau.web.kept_pages import KEEP, READ_BY_PUBLIC_PAGES, KeptPages

View = Callable[..., ResponseReturnValue]


def public(
    seconds: float = 1, *, browser: int = 1, shared: int = 5, stale: int = 5, reads: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """For a page that is the same for everyone and reads no cookie. The process keeps it for `seconds`, a browser for
    `browser` and a shared cache for `shared` (and `stale` more while it asks anew); `reads` names its parameters."""
    READ_BY_PUBLIC_PAGES.update(reads)
    cache_control = f"public, max-age={browser}, s-maxage={shared}, stale-while-revalidate={stale}"

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            read = replica.read if "DATABASE_READ_URL" in current_app.config else _at_once
            response = read(lambda: make_response(view(*args, **kwargs)))
            if response.status_code == 200:
                response.headers["Cache-Control"] = cache_control
                response.vary.add("Accept-Encoding")
                response.set_etag(blake2b(response.get_data(), digest_size=12).hexdigest(), weak=True)
                request.environ[KEEP] = seconds
            return response

        wrapper.is_public = True  # type: ignore[attr-defined]  # a decorator around the view copies it
        return wrapper

    return decorate


def _at_once(ask: Callable[[], Response]) -> Response:
    return ask()


def init_app(app: Flask) -> None:
    pages = KeptPages(app)
    app.wsgi_app = pages  # type: ignore[method-assign]  # how Flask is wrapped
    app.extensions["kept_pages"] = pages
    app.after_request(default_to_private)


def forget() -> None:
    """Drops what this process keeps; another process forgets within the second by itself."""
    current_app.extensions["kept_pages"].forget()


def default_to_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
