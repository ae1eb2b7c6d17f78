"""The configurations in include/examples are ones that the connector takes, and say no key that the shipped file lacks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from certify_intacct.documents import KINDS, in_use
from certify_intacct.model.configuration import load
from include.sandbox.seed.scale import NAMED, OWN

EXAMPLES = sorted((Path(__file__).parents[2] / "include" / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_connector_takes_it(path):
    assert load(path).company.intacct_company_id == "SANDBOX"


def test_the_company_that_an_example_is_for_is_one_that_the_sandbox_has():
    makefile = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")
    named = dict(re.findall(r"^SCALE_OF_(\w+) := (\w+)$", makefile, re.MULTILINE))
    assert named
    assert named.keys() <= {path.stem for path in EXAMPLES}
    assert set(named.values()) <= NAMED.keys()
    for path in EXAMPLES:
        own = {used.dimension.object for used in load(path).dimensions.used if used.dimension.own}
        made = OWN.get(named.get(path.stem, ""), {}).get("user_defined_dimensions", {})
        assert own <= made.keys(), path.stem


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_has_six_dimensions_and_says_why(path):
    assert len(load(path).dimensions.used) >= 6
    section = path.read_text(encoding="utf-8").partition("\ndimensions:\n")[2].partition("\nposting:\n")[0]
    assert section.count("  # ") >= 2


def test_one_of_them_makes_every_kind():
    (path,) = [path for path in EXAMPLES if path.stem == "every_kind"]
    assert set(in_use(load(path).posting)) == set(KINDS)
