"""The shape of the code: which way it depends, how modules are called, how large they grow, what they may not do."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent
APPS = ["activity", "units", "plans", "assessments", "budgets", "reports"]
SOURCES = [
    path
    for app in [*APPS, "isoportal"]
    for path in sorted((ROOT / app).rglob("*.py"))
    if not {"migrations", "data"} & set(path.relative_to(ROOT).parts)
]
LONGEST = 400
JUNK_DRAWERS = re.compile(r"^(helpers?|utils?|common|base|core|misc|tools|stuff|shared)$")
# What decides and stores: it takes plain values and gives plain values, whoever asks.
RULES = {"services", "models", "contexts", "jobs", "tasks", "period", "document", "scoring", "origin"}
HTTP = ("django.http", "django.shortcuts", "django.views", "rest_framework")
PURE = {"period", "document", "scoring", "origin"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def module_of(path: Path) -> str:
    """`plans/services.py` and `plans/services/task.py` are both `services`."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def typing_only(tree: ast.Module) -> ast.Module:
    """The tree without its `if TYPE_CHECKING:` blocks."""
    kept = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))]
    return ast.Module(body=kept, type_ignores=[])


def is_silent(handler: ast.ExceptHandler) -> bool:
    return all(isinstance(node, ast.Pass) or ast.unparse(node) == "..." for node in handler.body)


def test_imports_follow_the_contracts(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    status = lint_imports(no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_app_is_under_the_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    apps = {path.parent.name for path in ROOT.glob("*/models*")}

    assert apps == set(APPS)
    assert set(contracts["root_packages"]) == {*APPS, "isoportal"}
    assert [set(contract["containers"]) for contract in contracts["contracts"] if "containers" in contract] == [
        set(APPS)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_module_is_small(path):
    assert len(path.read_text().splitlines()) <= LONGEST, "split it by noun"


@pytest.mark.parametrize("path", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))], ids=name)
def test_module_is_called_by_what_is_in_it(path):
    assert not [part for part in path.relative_to(ROOT).with_suffix("").parts if JUNK_DRAWERS.match(part)]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_error_is_swallowed(path):
    handlers = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]

    assert not [f"line {handler.lineno}" for handler in handlers if is_silent(handler)]


@pytest.mark.parametrize("path", [path for path in SOURCES if module_of(path) in RULES], ids=name)
def test_rules_know_nothing_of_http(path):
    found = [module for module in imports(typing_only(ast.parse(path.read_text()))) if module.startswith(HTTP)]

    assert found == []


@pytest.mark.parametrize("path", [path for path in SOURCES if module_of(path) in PURE], ids=name)
def test_reading_and_scoring_are_pure(path):
    found = [module for module in imports(ast.parse(path.read_text())) if module.split(".")[0] == "django"]

    assert found == []


@pytest.mark.parametrize(
    ("source", "silent"),
    [
        ("try:\n    f()\nexcept OSError:\n    pass", True),
        ("try:\n    f()\nexcept OSError:\n    ...", True),
        ("try:\n    f()\nexcept OSError:\n    log()", False),
    ],
)
def test_a_swallowed_error_is_seen(source, silent):
    handler = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler))

    assert is_silent(handler) is silent
