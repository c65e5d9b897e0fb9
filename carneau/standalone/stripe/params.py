"""Reads a request's form into the typed params that ship in the library, and refuses what does not fit."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from stripe._stripe_object import UntypedStripeObject
from typing_extensions import is_typeddict

from carneau.standalone.stripe.errors import BadParam
from carneau.standalone.stripe.form import Raw
from carneau.standalone.stripe.hints import arms, fields_of

Reader = Callable[[Any, str], Any]


def read(params: Any, raw: Raw) -> dict[str, Any]:
    return read_fields(params, raw, "")


@cache
def reader_for(hint: Any) -> Reader:
    options = tuple(arm for arm in arms(hint) if arm is not NoneType)
    if len(options) > 1:
        return partial(read_any, options)
    hint = options[0]
    origin = get_origin(hint)
    if origin is Literal:
        return partial(read_literal, get_args(hint))
    if origin is list:
        return partial(read_list, reader_for(get_args(hint)[0]))
    if origin is dict or origin is UntypedStripeObject:
        return partial(read_map, reader_for(get_args(hint)[-1]))
    if is_typeddict(hint):
        return partial(read_fields, hint)
    return PLAIN[hint]


def read_fields(params: Any, raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadParam("Invalid object", param=path)
    fields = fields_of(params)
    for name in raw.keys() - fields.keys():
        at = inside(path, name)
        raise BadParam(f"Received unknown parameter: {at}", code="parameter_unknown", param=at)
    for name in params.__required_keys__ & fields.keys():
        if name not in raw:
            raise missing(inside(path, name))
    return {name: reader_for(fields[name])(value, inside(path, name)) for name, value in raw.items()}


def missing(at: str) -> BadParam:
    return BadParam(f"Missing required param: {at}.", code="parameter_missing", param=at)


def inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def read_any(options: tuple[Any, ...], raw: Any, path: str) -> Any:
    fitting = [option for option in options if takes_map(option) == isinstance(raw, dict)] or options
    for option in fitting[:-1]:
        try:
            return reader_for(option)(raw, path)
        except BadParam:
            continue
    return reader_for(fitting[-1])(raw, path)


def takes_map(hint: Any) -> bool:
    return is_typeddict(hint) or get_origin(hint) in (list, dict, UntypedStripeObject)


def read_literal(allowed: tuple[Any, ...], raw: Any, path: str) -> Any:
    for value in allowed:
        if raw == (value if isinstance(value, str) else str(value).lower()):
            return value
    said = read_text(raw, path)
    raise BadParam(f"Invalid {path}: must be one of {', '.join(map(str, allowed))} (not {said})", param=path)


def read_list(read_item: Reader, raw: Any, path: str) -> list[Any]:
    if not isinstance(raw, dict) or not all(key.isdecimal() for key in raw):
        raise BadParam("Invalid array", param=path)
    return [read_item(raw[key], f"{path}[{key}]") for key in sorted(raw, key=int)]


def read_map(read_value: Reader, raw: Any, path: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise BadParam("Invalid object", param=path)
    return {key: value if value == "" else read_value(value, f"{path}[{key}]") for key, value in raw.items()}


def read_text(raw: Any, path: str) -> str:
    if not isinstance(raw, str):
        raise BadParam("Invalid string: a map was given", param=path)
    if raw == "":
        raise BadParam(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
            f"parameter; however '{path}' cannot be unset. You should remove '{path}' from your request or "
            "supply a non-empty value.",
            code="parameter_invalid_empty",
            param=path,
        )
    return raw


def read_int(raw: Any, path: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", said := read_text(raw, path)):
        raise BadParam(f"Invalid integer: {said}", code="parameter_invalid_integer", param=path)
    return int(said)


def read_bool(raw: Any, path: str) -> bool:
    if (said := read_text(raw, path)) not in ("true", "false"):
        raise BadParam(f"Invalid boolean: {said}", param=path)
    return said == "true"


def read_decimal(raw: Any, path: str) -> Decimal:
    try:
        return Decimal(read_text(raw, path))
    except InvalidOperation as error:
        raise BadParam(f"Invalid decimal: {raw}", param=path) from error


PLAIN: dict[Any, Reader] = {
    str: read_text,
    int: read_int,
    bool: read_bool,
    float: lambda raw, path: float(read_decimal(raw, path)),
    Decimal: read_decimal,
}
