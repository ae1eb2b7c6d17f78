"""What somebody deletes in Intacct before anybody read it back is noticed all the same."""

from __future__ import annotations


def test_a_document_that_was_deleted_before_it_was_ever_seen_is_noticed(company):
    company.report(1)
    company.report(2)
    company.sandbox.settings(visibility_delay_seconds={"APBILL": {"query": 600}})
    company.sync()
    company.reconcile()
    # Nothing is to be seen yet, and that proves nothing.
    assert company.states() == {"accepted": 2}
    company.sandbox.settings(visibility_delay_seconds={})
    (bill, *_) = company.sandbox.state("intacct", "APBILL")
    company.sandbox.act("delete", object="APBILL", record=bill["RECORDNO"])
    company.reconcile()
    assert company.states() == {"deleted": 1, "in_gl": 1}
