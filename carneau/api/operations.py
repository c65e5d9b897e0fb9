"""How an endpoint is declared: the types that read and check what comes in, and write what goes out, are also what
`/api/openapi.json` is made of."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response
from flask.sansio.app import App

from carneau.api import cors, reading
from carneau.api.guards import Access, admit
from carneau.integrations.tokens import TokenRefused
from carneau.web import problems

OPERATIONS: list["Operation"] = []
PREFIXES = ("/api/", "/create-checkout-session")
PLACEHOLDER = re.compile(r"<([a-z_]+)>")
View = Callable[..., Any]
AnyView = TypeVar("AnyView", bound=View)
Decorator = Callable[[View], View]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`refusals` are the statuses it may answer beside `status` and those of every operation with such an input;
    `takes` names headers and what they are for."""

    name: str
    method: str
    rule: str
    summary: str
    text: str
    access: Access
    answer: Any
    status: int = 200
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    refusals: Mapping[int, str] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return PLACEHOLDER.sub(r"{\1}", self.rule)

    @property
    def placeholders(self) -> list[str]:
        return PLACEHOLDER.findall(self.rule)


class ApiBlueprint(Blueprint):
    """Its errors are problems, and whoever sends a token needs no Origin: no browser adds one by itself."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name)
        self.record_once(lambda state: speak_in_problems(state.app))
        self.register_error_handler(TokenRefused, token_refused)
        self.after_request(cors.allow)

    def operation(
        self, rule: str, *, method: str, keep: Decorator = lambda view: view, **facts: Any
    ) -> Callable[[AnyView], AnyView]:
        """The view gets its path's values, and `query`, `body` and `token` where it declares them. It returns the
        resource, or `(resource, headers)`."""

        def declare(view: AnyView) -> AnyView:
            name = f"{self.name}.{view.__name__}"
            text = " ".join((view.__doc__ or "").split())
            operation = Operation(name=name, method=method, rule=rule, text=text, **facts)
            OPERATIONS.append(operation)
            self.add_url_rule(rule, view.__name__, keep(_answering(operation, view)), methods=[method])
            self.record_once(lambda state: _exempt(state.app, name))
            return view

        return declare


def speak_in_problems(app: App) -> None:
    app.config[problems.PATHS] = PREFIXES


def token_refused(error: TokenRefused) -> Response:
    response = problems.of(error, 401)
    response.headers["WWW-Authenticate"] = 'Bearer realm="Carneau"'
    return response


def _exempt(app: App, endpoint: str) -> None:
    app.config["ORIGIN_EXEMPT"] = (*app.config.get("ORIGIN_EXEMPT", ()), endpoint)


def _answering(operation: Operation, view: View) -> View:
    @wraps(view)
    def wrapper(**values: str) -> Response:
        given: dict[str, Any] = dict(values)
        if operation.access.scope is not None:
            given["token"] = admit(operation.access)
        if operation.query:
            given["query"] = reading.query(operation.query)
        if operation.body:
            given["body"] = reading.body(operation.body)
        answer = view(**given)
        resource, headers = answer if isinstance(answer, tuple) else (answer, {})
        return _response(resource, operation.status, headers)

    return wrapper


def _response(resource: Any, status: int, headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(resource), status, headers, content_type="application/json")
