"""Holds every object we answer with or send against the library's resource classes."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject
from stripe.checkout import Session

from carneau.standalone.stripe.hints import Reference, arms, fields_of

Check = Callable[[Any, str, list[str]], None]

RESOURCES: dict[str, type[StripeObject]] = {
    "checkout.session": Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
PLAIN: dict[Any, tuple[type, ...]] = {
    bool: (bool,),
    int: (int,),
    float: (int, float),
    str: (str,),
    Decimal: (str,),
    NoneType: (NoneType,),
}


class Mismatch(Exception):
    """We were about to say something that Stripe would not: a bug of the simulator."""


def problems(thing: dict[str, Any]) -> list[str]:
    kind = thing.get("object")
    if kind == "list":
        return [problem for each in thing["data"] for problem in problems(each)]
    if kind not in RESOURCES:
        return [f"{kind}: no such object"]
    found: list[str] = []
    resource_check(kind)(thing, kind, found)
    if kind == "event":
        found += problems(thing["data"]["object"])
    return found


@cache
def resource_check(kind: str) -> Check:
    return partial(check_fields, RESOURCES[kind])


@cache
def check_for(hint: Any) -> Check:
    options = arms(hint)
    if len(options) > 1:
        return partial(check_any, options)
    hint = options[0]
    origin = get_origin(hint)
    if origin is Literal:
        return partial(check_literal, frozenset(get_args(hint)))
    if origin is list:
        return partial(check_list, check_for(get_args(hint)[0]))
    if origin is ListObject:
        return partial(check_list_object, check_for(get_args(hint)[0]))
    if origin is UntypedStripeObject:
        return partial(check_map, check_for(get_args(hint)[0]))
    if hint in PLAIN:
        return partial(check_plain, hint, PLAIN[hint])
    return check_class(hint)


def check_class(hint: Any) -> Check:
    if hint is Any:
        return lambda value, path, found: None
    if hint is UntypedStripeObject:
        return partial(check_map, check_for(Any))
    if issubclass(hint, Reference):
        return lambda value, path, found: check_for(hint.load())(value, path, found)
    return partial(check_fields, hint)


def check_fields(cls: type, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, dict):
        found.append(f"{path}: {value!r} is no {cls.__name__}")
        return
    checks, required = checks_of(cls)
    for name, inner in value.items():
        if inner is None and name in checks and name not in required:
            continue
        if name in checks:
            checks[name](inner, f"{path}.{name}", found)
        else:
            found.append(f"{path}.{name}: unknown field")
    found.extend(f"{path}.{name}: missing" for name in required - value.keys())


@cache
def checks_of(cls: type) -> tuple[dict[str, Check], frozenset[str]]:
    fields = fields_of(cls)
    required = frozenset(name for name, hint in fields.items() if NoneType not in arms(hint))
    return {name: check_for(hint) for name, hint in fields.items()}, required


def check_any(options: tuple[Any, ...], value: Any, path: str, found: list[str]) -> None:
    """Keeps the shortest complaint: that of the arm which fits best."""
    if value is None and NoneType in options:
        return
    best: list[str] | None = None
    for option in options:
        if option is NoneType:
            continue
        mine: list[str] = []
        check_for(option)(value, path, mine)
        if not mine:
            return
        if best is None or (isinstance(value, dict) and option is not str):
            best = mine
    found.extend(best or [])


def check_plain(hint: Any, allowed: tuple[type, ...], value: Any, path: str, found: list[str]) -> None:
    if type(value) not in allowed:
        found.append(f"{path}: {value!r} is no {hint.__name__}")


def check_literal(allowed: frozenset[Any], value: Any, path: str, found: list[str]) -> None:
    if isinstance(value, dict | list) or value not in allowed:
        found.append(f"{path}: {value!r} is not one of {sorted(map(str, allowed))}")


def check_list(check: Check, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, list):
        found.append(f"{path}: {value!r} is no list")
        return
    for i, each in enumerate(value):
        check(each, f"{path}[{i}]", found)


def check_list_object(check: Check, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
        found.append(f"{path}: no list object")
        return
    check_list(check, value["data"], f"{path}.data", found)


def check_map(check: Check, value: Any, path: str, found: list[str]) -> None:
    if not isinstance(value, dict):
        found.append(f"{path}: {value!r} is no map")
        return
    for name, each in value.items():
        check(each, f"{path}.{name}", found)
