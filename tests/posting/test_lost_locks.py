"""PostgreSQL gives a lock back when it restarts; whoever held it must not go on as if it were still theirs."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError
from certify_intacct.posting.pre_send_checks import PreSendChecks


def test_nothing_is_sent_without_the_lock_of_its_report(company, monkeypatch):
    company.report(1)
    load, run = company.plan()
    honest = PreSendChecks._compare

    def restarted(self, wave):
        unsent = honest(self, wave)
        with company.loader() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        return unsent

    with monkeypatch.context() as patch:
        patch.setattr(PreSendChecks, "_compare", restarted)
        with pytest.raises(ConnectorError, match="lock"):
            company.load(load, run)
    assert company.posted() == []
    assert company.states() == {}
    assert company.load(load, run) == {"applied": 1}
    assert len(company.posted()) == 1
