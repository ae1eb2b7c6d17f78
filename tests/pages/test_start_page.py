"""Airflow's start page leads to ours by one click, says whether anything asks for somebody, and is never kept waiting."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from airflow import settings

from certify_intacct.pages import home, start_page
from certify_intacct.pages.start_page import StartPage
from tests.pages.airflow_app import airflow, served
from tests.pages.forms import send
from tests.pages.test_home_page import tiles
from tests.pages.test_stopping import PAGE as STOP_PAGE
from tests.pages.test_stopping import the_form as stop_form

__all__ = ["airflow", "served"]

ADDRESS = "https://airflow.example.com"
LINK = f"[Certify → Intacct]({ADDRESS}/connector/)"


@pytest.fixture(autouse=True)
def address(monkeypatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", ADDRESS)
    # A busy machine is no failure, where it is not the time that is tested.
    monkeypatch.setattr(start_page, "PATIENCE", 30.0)


def said(page) -> tuple[str, str]:
    (alert,) = page
    return alert.category, alert.text


def test_airflow_shows_it_to_whoever_has_signed_in_and_it_names_what_the_first_page_shows_in_red_or_amber(
    company, airflow, browser
):
    company.report(1, Reimbursed=True)
    company.sync()
    settings.DASHBOARD_UIALERTS._asked = float("-inf")
    answer = airflow.browser("viewer", "vic").get("/ui/config")
    (alert,) = answer.json()["dashboard_alert"]
    text = browser("viewer").get("/connector/").text
    shown = [
        title for tone in ("wait", "bad") for title in tiles(text) if f'<li class="{tone}"><h2>{title}</h2>' in text
    ]
    assert alert["category"] == "warning"
    assert alert["text"].startswith(f"{LINK}: look at *Waiting for a person*")
    assert sorted(alert["text"].split("*")[1::2]) == sorted(shown)
    # Everybody sees it: no figure, no name, no code.
    assert not any(sign.isdigit() for sign in alert["text"])


def test_that_posting_is_stopped_asks_for_somebody(company, decides, browser):
    clerk = browser("user", "kim")
    assert send(clerk, STOP_PAGE, stop_form(clerk), reason="The bank called").status_code == 303
    _, text = said(StartPage())
    assert text.startswith(f"{LINK}: look at *Posting is stopped*")
    assert "kim" not in text
    send(clerk, STOP_PAGE, stop_form(clerk), reason="All is well")
    assert "stopped" not in said(StartPage())[1]


def test_it_says_when_nothing_asks_for_anybody_and_when_something_does_again(monkeypatch):
    page = StartPage()
    monkeypatch.setattr(home, "asking", list)
    assert said(page) == ("info", f"{LINK}: nothing asks for anybody")
    monkeypatch.setattr(home, "asking", lambda: ["Approvals"])
    assert said(page) == ("info", f"{LINK}: nothing asks for anybody"), "it is not asked each time"
    page._asked -= start_page.ASKED_AGAIN + 1
    assert said(page) == ("warning", f"{LINK}: look at *Approvals*")


def test_a_database_that_does_not_answer_keeps_nobody_waiting_and_an_old_answer_is_not_taken_for_a_new_one(monkeypatch):
    go_on = threading.Event()
    page = StartPage()
    monkeypatch.setattr(home, "asking", lambda: ["Approvals"])
    assert said(page)[0] == "warning"
    monkeypatch.setattr(home, "asking", lambda: go_on.wait(60) and [])
    monkeypatch.setattr(start_page, "PATIENCE", 0.2)
    page._asked -= start_page.ASKED_AGAIN + 1
    began = time.monotonic()
    assert said(page) == ("warning", f"{LINK}: look at *Approvals*")
    page._known_since -= start_page.TOO_OLD + 1
    assert said(page) == ("info", f"{LINK}: what was posted, and what waits")
    assert time.monotonic() - began < 20, "it waits for the first only, and not for long"
    go_on.set()


def test_what_cannot_be_asked_leaves_the_link(monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECTOR_CONFIG", str(tmp_path / "none.yaml"))
    assert said(StartPage()) == ("info", f"{LINK}: what was posted, and what waits")


OWN = """
from airflow.api_fastapi.common.types import UIAlert
DASHBOARD_UIALERTS = [UIAlert(text="Upgrade tomorrow", category="info")]
STATE_COLORS = {"queued": "darkgray"}
def task_policy(task):
    task.email = "ops@example.com"
"""


def test_a_company_s_own_settings_hold_and_its_alerts_stand_beside_ours(tmp_path):
    """Wherever its file lies on the path: Airflow's own folder for it comes last."""
    config = tmp_path / "config"
    config.mkdir()
    (config / "airflow_local_settings.py").write_text(OWN, encoding="utf-8")
    asked = (
        "from types import SimpleNamespace; from airflow import settings; task = SimpleNamespace(email=''); "
        "settings.get_policy_plugin_manager().hook.task_policy(task=task); "
        "print([alert.text for alert in settings.DASHBOARD_UIALERTS][1:], settings.STATE_COLORS, task.email)"
    )
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join([".", "plugins"])}
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=environment)
    assert answer.stdout.splitlines()[-1:] == ["['Upgrade tomorrow'] {'queued': 'darkgray'} ops@example.com"], (
        answer.stderr
    )


@pytest.mark.parametrize("version", ["the same", "another"])
@pytest.mark.parametrize("first", [True, False], ids=["the copy first", "the copy last"])
def test_a_copy_of_it_elsewhere_is_no_company_s_own_and_a_folder_that_cannot_be_looked_into_is_passed(
    tmp_path, version, first
):
    ours = Path("plugins/airflow_local_settings.py").read_text(encoding="utf-8")
    (tmp_path / "airflow_local_settings.py").write_text(ours + "# x\n" * (version == "another"), encoding="utf-8")
    closed = str(tmp_path / ("x" * 300))
    places = [str(tmp_path), "plugins"] if first else ["plugins", str(tmp_path)]
    answer = subprocess.run(
        [sys.executable, "-c", "import airflow_local_settings as a; print(list(a.DASHBOARD_UIALERTS.others))"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join([closed, *places, "plugins"])},
    )
    assert (answer.stdout.strip(), answer.stderr) == ("[]", "")


#: The versions of this file that looked for others by themselves, from the commits that are named.
LOOKS = """
import filecmp, sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from certify_intacct.pages.start_page import StartPage

def _of_the_company():
    elsewhere = [place for place in sys.path if not _is_ours(Path(place))]
    spec = PathFinder.find_spec("airflow_local_settings", elsewhere)
    if spec is None or spec.loader is None:
        return {}
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: getattr(module, name) for name in getattr(module, "__all__", [])}

_theirs = _of_the_company()
globals().update(_theirs)
DASHBOARD_UIALERTS = StartPage(_theirs.get("DASHBOARD_UIALERTS", ()))
__all__ = [*_theirs, "DASHBOARD_UIALERTS"]
"""
F608B57 = """
def _is_ours(place):
    return (place / "connector_plugin.py").exists()
"""
D3790A0D = """
def _is_ours(place):
    copy = place / "airflow_local_settings.py"
    return (place / "connector_plugin.py").exists() or (copy.exists() and filecmp.cmp(copy, __file__, shallow=False))
"""
ADDS = 'OWN_{0} = "{0}"; __all__.append("OWN_{0}")\n'


@pytest.mark.parametrize(
    ("looks", "copies_first"),
    [(F608B57, False), (D3790A0D, False), ("", False), ("", True)],
    ids=["f608b57", "3790a0d", "now, ours first", "now, ours last"],
)
def test_different_copies_do_not_execute_each_other_for_ever_and_the_company_s_own_behind_them_holds(
    tmp_path, looks, copies_first
):
    """Each was copied from another version, or has lines of the company's own, and looks for others along the path."""
    ours = Path("plugins/airflow_local_settings.py").read_text(encoding="utf-8")
    copies = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        text = (looks + LOOKS if looks else ours) + ADDS.format(name)
        (tmp_path / name / "helper.py").write_text("", encoding="utf-8")
        (tmp_path / name / "airflow_local_settings.py").write_text(text + "import helper\n", encoding="utf-8")
        copies.append(str(tmp_path / name))
    (tmp_path / "own").mkdir()
    own = "DASHBOARD_UIALERTS = ['tomorrow']\nPOLICY = 'theirs'\nimport sys\nPATH = list(sys.path)\n"
    (tmp_path / "own" / "airflow_local_settings.py").write_text(own, encoding="utf-8")
    places = [*copies, "plugins"] if copies_first else ["plugins", *copies]
    asked = (
        "import sys; before = list(sys.path); import airflow_local_settings as a; from importlib.machinery import PathFinder; "
        "assert PathFinder.find_spec('airflow_local_settings').origin == a.__file__; assert before == sys.path == a.PATH; "
        "print(a.POLICY, [getattr(a, 'OWN_' + one, '') for one in 'ab'], list(a.DASHBOARD_UIALERTS.others))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join([*places, str(tmp_path / "own")])},
    )
    assert (answer.stdout.strip(), answer.stderr) == ("theirs ['a', 'b'] ['tomorrow']", "")


def test_a_folder_that_is_twice_on_the_path_is_found_again_afterwards(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "airflow_local_settings.py").write_text("POLICY = 'theirs'\nprint('executed')\n", encoding="utf-8")
    asked = (
        f"import sys; sys.path += [{str(own)!r}] * 3 + ['', '.']; before = dict(sys.path_importer_cache); "
        "import airflow_local_settings as a; from importlib.machinery import PathFinder; "
        f"print(a.POLICY, PathFinder.find_spec('airflow_local_settings', [{str(own)!r}]).origin); "
        "print({type(one).__name__ for one in sys.path_importer_cache.values()} & {'_Hiding'})"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, env={"PYTHONPATH": "plugins"}
    )
    assert (answer.stdout.splitlines(), answer.stderr) == (
        ["executed", f"theirs {own}/airflow_local_settings.py", "set()"], ""
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["theirs", "ours", "ours first"])
def test_settings_in_an_archive_hold_as_others_do(tmp_path, kind):
    """A company may bring its code as one file, and Python imports from it."""
    ours = Path("plugins/airflow_local_settings.py")
    archive = tmp_path / "company.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        if kind == "theirs":
            packed.writestr("airflow_local_settings.py", "DASHBOARD_UIALERTS = ['tomorrow']\nPOLICY = 'theirs'\n")
        else:
            packed.write(ours, ours.name)
    places = [archive, "plugins"] if kind == "ours first" else ["plugins", archive]
    asked = "import airflow_local_settings as a; print(getattr(a, 'POLICY', ''), list(a.DASHBOARD_UIALERTS.others), a.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, env={"PYTHONPATH": os.pathsep.join(map(str, places))}
    )  # fmt: skip
    told = "theirs ['tomorrow']" if kind == "theirs" else " []"
    where = archive if kind == "ours first" else ours.parent.resolve()
    assert (answer.stdout.strip("\n"), answer.stderr) == (f"{told} {where}/airflow_local_settings.py", "")


def test_no_process_of_airflow_pays_for_it():
    """It is imported by every task: before anybody looks at the start page, nothing of the pages is."""
    asked = (
        "import sys, airflow_local_settings as ours; print(type(ours.DASHBOARD_UIALERTS).__name__, "
        "sorted(name for name in sys.modules if name.startswith(('fastapi', 'airflow.', 'psycopg', 'jinja2'))))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, env={"PYTHONPATH": "plugins"}
    )
    assert (answer.stdout.strip(), answer.stderr) == ("StartPage []", "")
