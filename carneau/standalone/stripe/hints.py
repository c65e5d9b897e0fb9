"""The stripe library's annotations, resolved. They are generated from Stripe's own OpenAPI description."""

import ast
import inspect
import sys
import textwrap
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject
from typing_extensions import is_typeddict

OPTIONS = frozenset(RequestOptions.__annotations__)


class Reference:
    """Stands for a class that its user imports for type checkers only; loaded when a value needs it."""

    target: tuple[str, str]

    @classmethod
    def load(cls) -> type[StripeObject]:
        module, name = cls.target
        loaded: type[StripeObject] = getattr(import_module(module), name)
        return loaded


@cache
def fields_of(cls: type) -> dict[str, Any]:
    """Name to type of every field. A TypedDict loses the request options: they travel as headers."""
    skipped = OPTIONS if is_typeddict(cls) else frozenset[str]()
    own = {name: hint for name, hint in inspect.get_annotations(cls).items() if name not in skipped}
    holder = type("Holder", (), {"__annotations__": own})
    hints = get_type_hints(holder, globalns=names_in(sys.modules[cls.__module__]))
    return {name: hint for name, hint in hints.items() if not name.isupper()}


@cache
def names_in(module: ModuleType) -> dict[str, Any]:
    names = dict(vars(module))
    for node in ast.walk(ast.parse(for_type_checkers(module))):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                called = alias.asname or alias.name
                names[called] = type(called, (Reference,), {"target": (node.module, alias.name)})
    return names


def for_type_checkers(module: ModuleType) -> str:
    _, found, rest = inspect.getsource(module).partition("\nif TYPE_CHECKING:\n")
    return textwrap.dedent(rest.partition("\n\n\n")[0]) if found else ""


def arms(hint: Any) -> tuple[Any, ...]:
    """A type's alternatives. An enum is written `Literal[...] | str` there; its open `str` arm is dropped."""
    if get_origin(hint) is not Union and type(hint).__name__ != "UnionType":
        return (hint,)
    found = get_args(hint)
    closed = any(get_origin(arm) is Literal and get_args(arm) != ("",) for arm in found)
    return tuple(arm for arm in found if not (closed and arm is str))
