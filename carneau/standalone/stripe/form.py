"""Stripe's form encoding: `line_items[0][price_data][currency]=eur`."""

from typing import Any
from urllib.parse import parse_qsl

from carneau.standalone.stripe.errors import BadParam

Raw = dict[str, Any]


def parse(encoded: str) -> Raw:
    """Nested maps of strings; a list stays a map with its indexes as keys until its type is known."""
    raw: Raw = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict", max_num_fields=10_000)
    except ValueError as error:
        raise BadParam("Invalid request body: not a form in UTF-8") from error
    for name, value in pairs:
        place(raw, name, value)
    return raw


def place(raw: Raw, name: str, value: str) -> None:
    *outer, last = path_of(name)
    for part in outer:
        raw = raw.setdefault(part or str(len(raw)), {})
        if not isinstance(raw, dict):
            raise BadParam(f"Invalid request: {name} is both a value and a map", param=name)
    raw[last or str(len(raw))] = value


def path_of(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [head]
    if not rest.endswith("]"):
        raise BadParam(f"Invalid request: unbalanced brackets in {name}", param=name)
    return [head, *rest[:-1].split("][")]
