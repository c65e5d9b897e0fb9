import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "carneau"
LAYERS = [
    "core",
    "web email inventory",
    "accounts",
    "organisations",
    "catalogue",
    "cart",
    "purchases",
    "tickets",
    "admissions",
    "fulfilment",
    "payments",
    "exports integrations privacy",
    "checkout my door manage",
    "api",
    "ops standalone",
]
RANK = {name: i for i, layer in enumerate(LAYERS) for name in layer.split()}
FILES = [path for path in ROOT.rglob("*.py") if path.parent != ROOT]
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package(path):
    return path.relative_to(ROOT).parts[0]


@every_file
def test_imports_only_point_down(path):
    for name in imports(path):
        if name.startswith("carneau."):
            other = name.split(".")[1]
            assert other == package(path) or RANK[other] < RANK[package(path)], name


@every_file
def test_views_and_forms_are_private_to_their_package(path):
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "carneau" and parts[2:3] in (["views"], ["forms"]):
            assert parts[1] in (package(path), "web"), name


@every_file
def test_files_stay_short(path):
    assert len(path.read_text().splitlines()) <= 300


def test_stripe_is_imported_in_one_place():
    users = {path for path in FILES if any(name.split(".")[0] == "stripe" for name in imports(path))}
    assert {path for path in users if package(path) != "standalone"} <= {ROOT / "payments/gateway.py"}


def test_only_the_transaction_commits():
    assert {path for path in FILES if ".commit(" in path.read_text()} <= {ROOT / "core/db.py"}
