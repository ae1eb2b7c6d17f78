"""What a cure tells a person to write into connector.yaml is a key that it knows."""

from __future__ import annotations

import ast
import re
import typing
from fnmatch import fnmatch
from pathlib import Path

import pytest
from pydantic import BaseModel

import certify_intacct
from certify_intacct.model.configuration import Configuration

PACKAGE = Path(certify_intacct.__file__ or "").parent
_KEY = re.compile(r"\b(company|dimensions|people|posting|notifications|retention)((?:\.[a-z_*]+)+)")


def texts(path: Path) -> list[str]:
    """The texts of a module, an expression within one as `*`. Docstrings are left out: nobody is told them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(value) for node in joined for value in node.values}
    return [
        "".join(str(value.value) if isinstance(value, ast.Constant) else "*" for value in node.values)
        for node in joined
    ] + [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_key_that_is_told_exists(path):
    told = {found.group() for text in texts(path) for found in _KEY.finditer(text)}
    assert [key for key in sorted(told) if not is_key(Configuration, key.split("."))] == []


def is_key(kind: typing.Any, path: list[str]) -> bool:
    """Whether the configuration has a key at that path, `*` standing for anything; below a mapping or a list every name is one."""
    if not path:
        return True
    models = [part for part in (kind, *typing.get_args(kind)) if isinstance(part, type) and issubclass(part, BaseModel)]
    if models:
        fields = models[0].model_fields.items()
        return any(fnmatch(name, path[0]) and is_key(field.annotation, path[1:]) for name, field in fields)
    return typing.get_origin(kind) is not None
