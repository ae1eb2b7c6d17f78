"""Whether the services pack their answers is unknown: with gzip on, everything is posted, once, and a lost answer is settled."""

from __future__ import annotations

import pytest

from tests.posting.test_faults import EVERYTHING, start, until_settled


@pytest.mark.parametrize("kind", ["slow", "truncate_body", "drop_after_commit", "malformed_xml", "http_502_html"])
def test_packed_answers_under_faults(company, kind):
    company.sandbox.settings(gzip=True)
    start(company)
    company.sandbox.fault(
        side="intacct", match="create", kind=kind, times=1, **({"seconds": 0.1} if kind == "slow" else {})
    )
    company.sandbox.fault(
        side="certify", match="GET expenses", kind=kind, times=1, **({"seconds": 0.1} if kind == "slow" else {})
    )
    until_settled(company)
    assert sorted(company.posted()) == sorted(EVERYTHING)
    assert company.states() == {"in_gl": 4}
    assert company.open_items() == {}
