import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, make_response, request
from flask.typing import ResponseReturnValue

KEPT_PAGES = 500
View = Callable[..., ResponseReturnValue]


class _Kept:
    """Rendered public pages by URL: (until, response). One process's memory, for a second or so: that alone turns
    a page of many queries into as many answers a second as a bare hello."""

    pages: dict[str, tuple[float, Response]] = {}


def init_app(app: Flask) -> None:
    _Kept.pages.clear()
    app.after_request(default_to_private)


def public(seconds: int = 1, shared_seconds: int = 5) -> Callable[[View], View]:
    """For a page that is the same for everyone: kept in the process for `seconds`, by a shared cache for
    `shared_seconds`, with an ETag. The view must read no cookie; Set-Cookie is dropped from what is kept."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            key = request.full_path
            until, kept = _Kept.pages.get(key, (0.0, None))
            if kept is None or time.monotonic() >= until:
                kept = _render(view, shared_seconds, *args, **kwargs)
                _keep(key, kept, seconds)
            answer = Response(kept.get_data(), kept.status_code, kept.headers)
            return answer.make_conditional(request)

        return wrapper

    return decorate


def _render(view: View, shared_seconds: int, *args: Any, **kwargs: Any) -> Response:
    response = make_response(view(*args, **kwargs))
    response.headers["Cache-Control"] = f"public, max-age={shared_seconds}, stale-while-revalidate=30"
    response.add_etag()
    return response


def _keep(key: str, response: Response, seconds: int) -> None:
    if response.status_code != 200 or len(key) > 300:
        return
    if len(_Kept.pages) >= KEPT_PAGES:
        _Kept.pages.clear()
    _Kept.pages[key] = (time.monotonic() + seconds, response)


def forget() -> None:
    """Drops what this process keeps; another process forgets within the second by itself."""
    _Kept.pages.clear()


def default_to_private(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
