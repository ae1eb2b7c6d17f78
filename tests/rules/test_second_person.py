"""Who may decide."""

from __future__ import annotations

import pytest

from certify_intacct.rules.second_person import objection


@pytest.mark.parametrize(
    ("names", "owners", "triggered_by", "said"),
    [
        (["kim"], [], [], ""),
        (["kim", "17"], ["dana"], ["robin"], ""),
        (["kim"], [""], [""], ""),
        ([" Kim "], ["kIM"], [], "edits connector.yaml"),
        (["17", "dana@example.com"], ["Dana@example.com"], [], "edits connector.yaml"),
        (["kim"], [], ["KIM "], "right to trigger is not the right to post"),
        (["", " "], [], [], "Nobody is named"),
        ([], ["dana"], ["robin"], "Nobody is named"),
    ],
)
def test_objection(names, owners, triggered_by, said):
    found = objection(names, owners=owners, triggered_by=triggered_by)
    assert (said in found) if said else found == ""


def test_a_list_of_approvers_lets_no_one_else_decide():
    def said(name: str) -> str:
        return objection(
            [name],
            owners=["dana"],
            triggered_by=["robin"],
            named=["Kim", "dana", "robin"],
            where="posting.limits.approvers",
        )

    assert said("kim") == ""
    assert "posting.limits.approvers" in said("lee")
    assert "edits connector.yaml" in said("dana")
    assert "triggered the run" in said("robin")
