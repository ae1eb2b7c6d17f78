"""The README names everything that a user of the sandbox can ask for, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from include.sandbox.actors import ACTS
from include.sandbox.certify.options import CertifySettings
from include.sandbox.faults import KINDS
from include.sandbox.intacct.catalog import load_catalog
from include.sandbox.seed.cases import CASES
from include.sandbox.seed.people import TROUBLES
from include.sandbox.settings import Settings

README = (Path(__file__).parents[3] / "include/sandbox/README.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z_0-9]+", README))


def test_every_act_fault_case_and_container_is_named():
    containers = {container for kind in load_catalog().values() for container in kind.lines}
    assert {*ACTS, *KINDS, *CASES, *TROUBLES, *containers} <= WORDS


def test_every_setting_of_certify_is_named_and_no_setting_is_invented():
    told = {word for word in WORDS if word.startswith("certify_")}
    assert told <= set(Settings.model_fields)
    kept_quiet = {
        "certify_key",
        "certify_secret",
        "certify_empty_page_has_paging",
        "certify_disapproved_status",
        "certify_disapproved_in_report",
        "certify_employee_gld_labels",
        "certify_report_gld_labels",
    }
    assert set(CertifySettings.model_fields) - told == kept_quiet
    groups = README[README.index("| Group |") : README.index("## What is faithful")]
    assert set(re.findall(r"`([a-z_]+)`", groups)) <= set(Settings.model_fields)
