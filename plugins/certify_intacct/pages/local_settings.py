"""A company's own ``airflow_local_settings`` beside ours, wherever on Python's path it lies: Airflow takes the first of that name.

What is found may be a copy of ours, of any version, that looks for others in its turn. So while one of them is executed, none of that
name is found by anybody: two cannot execute each other, whatever stands in them.
"""

from __future__ import annotations

import filecmp
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from pkgutil import get_importer
from typing import Any

from certify_intacct.pages.start_page import StartPage

_NAME, _ALERTS = "airflow_local_settings", "DASHBOARD_UIALERTS"
#: Stands in every copy of ours, of every version.
_OURS = b"from certify_intacct.pages."


def settings_beside(file: str) -> dict[str, Any]:
    """What the company's own file states, by name, and what copies of ours before it on the path add.

    :param file: the one that asks; copies of it that are alike to the byte are not executed
    """
    found: dict[str, Any] = {}
    for place in dict.fromkeys(sys.path):
        spec = None if _is_plugins(place) else PathFinder.find_spec(_NAME, [place])
        if spec is None or spec.loader is None or not spec.origin or _is_alike(spec.origin, file):
            continue
        theirs = _executed(spec)
        if isinstance(shown := theirs.get(_ALERTS), StartPage):
            # A copy of ours has the line already.
            theirs[_ALERTS] = shown.others
        found = theirs | {name: value for name, value in found.items() if name != _ALERTS or value}
        # What lies in an archive is looked into by nobody, and counts as the company's own.
        if not Path(spec.origin).is_file() or _OURS not in Path(spec.origin).read_bytes():
            break
    return found


def _is_alike(origin: str, file: str) -> bool:
    if not (Path(origin).is_file() and Path(file).is_file()):
        return origin == file
    return filecmp.cmp(origin, file, shallow=False)


def _is_plugins(place: str) -> bool:
    # Path.exists says of a folder that nobody may look into that it is an error.
    return os.access(Path(place) / "connector_plugin.py", os.F_OK)


def _executed(spec: ModuleSpec) -> dict[str, Any]:
    module = module_from_spec(spec)
    assert spec.loader is not None
    with _none_is_found():
        spec.loader.exec_module(module)
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("__")]
    return {name: getattr(module, name) for name in names}


class _Hiding:
    """What Python asks for the modules of a folder, but for the one."""

    def __init__(self, finder: Any) -> None:
        self.finder = finder

    def find_spec(self, name: str, target: Any = None) -> ModuleSpec | None:
        found: ModuleSpec | None = None if name == _NAME else self.finder.find_spec(name, target)
        return found


@contextmanager
def _none_is_found() -> Iterator[None]:
    hiding = {}
    # A folder may stand on it twice.
    for place in dict.fromkeys(one or str(Path.cwd()) for one in sys.path):
        finder = get_importer(place)
        if finder is not None:
            sys.path_importer_cache[place] = hiding[place] = _Hiding(finder)
    try:
        yield
    finally:
        for place, hidden in hiding.items():
            sys.path_importer_cache[place] = hidden.finder
