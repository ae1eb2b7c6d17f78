"""What ``make clean`` deletes: the environment, the demo's data, caches, and what lies outside of a private checkout for them.

The data of ``make up`` stays, wherever RUN_DIR put it. Run with the machine's own Python: the environment may be broken.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from include.local import reachable  # noqa: E402 - found through the line above

DEMO_FOLDER = ".run"
_CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis")
# What the demo writes into its folder. RUN_DIR may name a folder that holds more.
_OF_DEMO = (
    "postgres", "logs", "airflow", "sandbox", "summary.json", "processes.json", "environment.json", "lock",
)  # fmt: skip


def main() -> None:
    """Delete all of it; a folder that is not there is no error."""
    delete_demo(Path(os.environ.get("RUN_DIR") or ROOT / DEMO_FOLDER).resolve())
    for name in (".venv", *_CACHES):
        reachable.remove(ROOT / name)
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for cache in [path for path in ROOT.rglob("__pycache__") if path.is_dir()]:
        shutil.rmtree(cache, ignore_errors=True)


def delete_demo(folder: Path) -> None:
    """Delete the demo's data in ``folder``; that of another stack, and whatever else lies there, stays."""
    if not folder.is_dir():
        return
    if (folder / "postgres").exists() and not (folder / "sandbox").exists():
        print(f"{folder} holds the data of `make up` and stays: delete it yourself, if you mean it")
        return
    reachable.remove(folder)
    for name in _OF_DEMO:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


if __name__ == "__main__":
    main()
