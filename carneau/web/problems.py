"""What a program is told of an error: `application/problem+json`, RFC 9457."""

import re
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, json, request

from carneau.core.errors import Refusal

MEDIA_TYPE = "application/problem+json"
PATHS = "PROBLEM_PATHS"
CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
TOLD_OF_A_REFUSAL = ("obtainable", "remaining", "held", "back_by", "missing", "standing")

CODES = {  # the phrases of the standard library change with its version
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "crash",
    503: "unavailable",
}


def is_wanted() -> bool:
    """Blueprints for programs put the beginnings of their addresses into the application's `PROBLEM_PATHS`."""
    return request.path.startswith(current_app.config.get(PATHS, ()))


def answer(status: int, detail: str, code: str = "", **more: Any) -> Response:
    """`code` is for programs and stays when the sentence is written anew."""
    phrase = HTTPStatus(status).phrase
    members = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": detail,
        "code": code or CODES.get(status, "error"),
        **more,
    }
    return Response(json.dumps(members), status, content_type=MEDIA_TYPE)


def of(error: Refusal, status: int) -> Response:
    """With what the refusal knows beside its sentence: how many could be had instead, which fields are wrong."""
    found = {name: _plain(getattr(error, name)) for name in TOLD_OF_A_REFUSAL if hasattr(error, name)}
    if errors := getattr(error, "errors", None):
        found["errors"] = pointed(errors)
    return answer(status, str(error), code_of(error), **{camel(name): value for name, value in found.items()})


def pointed(errors: Mapping[str, list[str]]) -> list[dict[str, str]]:
    return [
        {"pointer": f"#/{camel(name)}", "detail": str(sentence)}
        for name, sentences in errors.items()
        for sentence in sentences
    ]


def code_of(error: Exception) -> str:
    """`SoldOut` is `sold_out`."""
    return CAPITAL.sub("_", type(error).__name__).lower()


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
