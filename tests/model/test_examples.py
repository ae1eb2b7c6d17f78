"""The configurations in include/examples are ones that the connector takes, and say no key that the shipped file lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from certify_intacct.documents import KINDS, in_use
from certify_intacct.model.configuration import load

EXAMPLES = sorted((Path(__file__).parents[2] / "include" / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_connector_takes_it(path):
    assert load(path).company.intacct_company_id == "SANDBOX"


def test_one_of_them_makes_every_kind():
    (path,) = [path for path in EXAMPLES if path.stem == "every_kind"]
    assert set(in_use(load(path).posting)) == set(KINDS)
