"""The description of the API, from the declared operations and the types that read and write for them."""

from typing import Any

import msgspec
from flask import Blueprint, Response

from carneau.api import cors
from carneau.api.operations import OPERATIONS, Operation
from carneau.core import settings
from carneau.integrations import kinds, signing, telling
from carneau.integrations.models import Kind
from carneau.integrations.resources import Resource
from carneau.web import caching, problems

bp = Blueprint("api_openapi", __name__)
bp.after_request(cors.allow)
NULL = {"type": "null"}
REFERENCE = "#/components/schemas/{name}"
TOKEN, DEVICE = "organisationToken", "doorDevice"
SCHEMES = {
    TOKEN: {"type": "http", "scheme": "bearer", "description": "An owner makes it under Integrations."},
    DEVICE: {"type": "http", "scheme": "bearer", "description": "A door link gives it to a phone."},
}
ABOUT = """Everything a program needs to show events, sell tickets and follow what is sold. Amounts are integer minor
units with their currency, times are RFC 3339 in UTC, ids are the ones people see. Every error is a problem of RFC 9457;
its `code` stays when the sentence is written anew. A guide with examples is in docs/api.md."""


class Problem(Resource, forbid_unknown_fields=False):
    """RFC 9457. `errors` point at what was wrong; some codes tell more, as `remaining` of `sold_out`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]] = []


@bp.get("/api/openapi.json")
@caching.public(browser=60, shared=300)
def show() -> Response:
    return Response(msgspec.json.encode(document()), content_type="application/json")


def document() -> dict[str, Any]:
    types = [kind for operation in OPERATIONS for kind in (operation.answer, operation.body) if kind]
    told = [telling.Notice, *telling.DATA.values()]
    _references, schemas = msgspec.json.schema_components([Problem, *types, *told], ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Carneau", "version": "1", "description": " ".join(ABOUT.split())},
        "servers": [{"url": settings.current().base_url}],
        "paths": paths,
        "webhooks": {kind.value: {"post": _delivery(kind)} for kind in telling.DATA},
        "components": {
            "schemas": {name: _on_one_line(schema) for name, schema in schemas.items()},
            "securitySchemes": SCHEMES,
        },
    }


def _on_one_line(schema: dict[str, Any]) -> dict[str, Any]:
    text = schema.get("description")
    return schema | {"description": " ".join(text.split())} if text else schema


def described(operation: Operation) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.text,
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_headers(operation)],
        "responses": {str(status): answer for status, answer in sorted(_answers(operation).items())},
    }
    if operation.body:
        facts["requestBody"] = {"required": True, "content": {"application/json": {"schema": _schema(operation.body)}}}
    if operation.access.is_for_devices:
        facts["security"] = [{DEVICE: []}]
    if operation.access.scope:
        open_too: list[dict[str, list[str]]] = [{}] if operation.access.is_open else []
        facts["security"] = [{TOKEN: []}, *open_too]
        facts["description"] += f" A token needs the scope `{operation.access.scope}`."
    return facts


def _delivery(kind: Kind) -> dict[str, Any]:
    data = {"properties": {"type": {"const": kind.value}, "data": {"anyOf": [_schema(telling.DATA[kind]), NULL]}}}
    text = {"name": signing.HEADER, "in": "header", "required": True, "schema": {"type": "string"}}
    return {
        "summary": kinds.meaning_of(kind),
        "parameters": [text],
        "requestBody": {"content": {"application/json": {"schema": {"allOf": [_schema(telling.Notice), data]}}}},
        "responses": {"2XX": {"description": "Taken. Anything else is sent again for a day."}},
    }


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,120}$"}}
        for name in operation.placeholders
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = msgspec.json.schema(operation.query)
    fields = next(iter(schema["$defs"].values()))["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": facts, "description": facts.pop("description", "")}
        for name, facts in fields.items()
    ]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string", "pattern": "^[!-~]{16,255}$"}
    return [
        {"name": name, "in": "header", "required": False, "schema": text, "description": what}
        for name, what in operation.takes.items()
    ]


def _answers(operation: Operation) -> dict[int, Any]:
    content = {"application/json": {"schema": _schema(operation.answer)}}
    told = {operation.status: {"description": operation.summary, "content": content}}
    return told | {status: _problem(text) for status, text in (_usual(operation) | dict(operation.refusals)).items()}


def _usual(operation: Operation) -> dict[int, str]:
    """What follows from the kind of input."""
    found = {400: "What was sent cannot be read.", 503: "The records cannot be reached; try again after a moment."}
    if operation.query or operation.body:
        found[422] = "What was sent is not as described; `errors` point at it."
    if operation.body:
        found |= {413: "The body is larger than 64 KiB.", 415: "The body is not application/json."}
    if operation.access.scope:
        found |= {401: "The token is missing, unknown, expired or revoked.", 403: "The token lacks the scope."}
        found[429] = "Too many calls in a minute; `Retry-After` says when it is possible again."
    return found


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {problems.MEDIA_TYPE: {"schema": _schema(Problem)}}}


def _schema(kind: Any) -> dict[str, Any]:
    return dict(msgspec.json.schema_components([kind], ref_template=REFERENCE)[0][0])
