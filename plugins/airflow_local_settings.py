"""What Airflow takes from here in place of its own settings, in every process: it looks for this name, and this folder is on its path.

A company may have settings of its own under this name, in the folder ``config`` of Airflow's home for instance. They hold as if this
file were not there; only what they show on the start page stands beside ours.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

from certify_intacct.pages.start_page import StartPage


def _of_the_company() -> dict[str, Any]:
    # Not this file, and no other copy of it.
    elsewhere = [place for place in sys.path if not (Path(place) / "connector_plugin.py").exists()]
    spec = PathFinder.find_spec("airflow_local_settings", elsewhere)
    if spec is None or spec.loader is None:
        return {}
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("__")]
    return {name: getattr(module, name) for name in names}


_theirs = _of_the_company()
globals().update(_theirs)
DASHBOARD_UIALERTS = StartPage(_theirs.get("DASHBOARD_UIALERTS", ()))
__all__ = [*_theirs, "DASHBOARD_UIALERTS"]
