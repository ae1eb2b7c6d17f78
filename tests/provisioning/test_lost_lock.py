"""Only one load writes to Certify at a time; one that lost its lock in a restart of PostgreSQL must not go on."""

from __future__ import annotations

import psycopg
import pytest

from certify_intacct.certify.hook import CertifyHook
from certify_intacct.model.errors import ServiceUnavailable
from tests.organization_run import loaded, planned
from tests.people_company import configured, load_lists, load_people


def test_nothing_is_created_without_the_lock(connections, context, database, fresh_sandbox, monkeypatch, tmp_path):
    monkeypatch.setenv("CONNECTOR_CONFIG", str(configured(tmp_path / "connector.yaml")))
    load_lists(fresh_sandbox)
    load_people(fresh_sandbox, 1)
    fresh_sandbox.load("intacct", "DEPARTMENT", [{"DEPARTMENTID": "77", "TITLE": "New", "STATUS": "active"}])
    run = context()
    load = planned(run)
    honest = CertifyHook.pages

    def restarted(self, resource, **params):
        with psycopg.connect(database.loader_url) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        return honest(self, resource, **params)

    with monkeypatch.context() as patch:
        patch.setattr(CertifyHook, "pages", restarted)
        with pytest.raises(ServiceUnavailable, match="lock"):
            loaded(load, run)
    assert "77" not in codes(fresh_sandbox)
    loaded(load, run)
    assert codes(fresh_sandbox).count("77") == 1


def codes(sandbox) -> list[str]:
    return [one.get("Code", "") for one in sandbox.state("certify", "departments")]
