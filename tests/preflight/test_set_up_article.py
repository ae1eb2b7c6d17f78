"""What the vendor's installation article asks for beside rights, each where the sandbox lacks exactly that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.model.preflight import Outcome
from certify_intacct.rules.preflight.web_user import mail_address

MAIL = "E-mail address of the web services user"


def user(company, address: str) -> None:
    """A web services user with that address, as whom the connection signs in."""
    fields = {"LOGINID": "robot", "DESCRIPTION": "Connector", "CONTACTINFO.EMAIL1": address}
    company.sandbox.load("intacct", "USERINFO", [fields])
    company.sandbox.settings(other_users={"robot": "sandbox_user_password"})
    company.connection("sage_intacct_default", login="robot")


def test_a_sender_that_is_not_authorised(company):
    company.sandbox.settings(sender_authorized=False)
    with pytest.raises(ConfigurationError) as caught:
        company.check()
    row = company.rows()["Sign-in"]
    assert row["outcome"] == "missing"
    assert "Company > Setup > Company > Security > Web Services authorizations" in row["where_to_click"]
    assert row["where_to_click"] in str(caught.value)
    company.sandbox.settings(sender_authorized=True)
    company.check()
    assert company.outcomes()["Sign-in"] == "present"


@pytest.mark.parametrize(
    ("address", "environment", "outcome"),
    [
        ("connector@acme-books.com", "live", "present"),
        ("", "live", "missing"),
        ("connector at acme", "live", "missing"),
        ("connector@example.com", "live", "missing"),
        ("connector@example.com", "test", "present"),
    ],
)
def test_a_mail_address_that_nobody_can_read_warns(company, address, environment, outcome):
    user(company, address)
    company.configure(company__environment=environment)
    company.connection("sage_intacct_default", environment=environment)
    company.connection("emburse_certify_default", environment=environment)
    assert company.check()["stopping"] == 0, company.rows()
    row = company.rows()[MAIL]
    assert row["outcome"] == outcome
    assert ("Company > Web Services users > robot" in row["where_to_click"]) == (outcome == "missing")


def test_where_intacct_does_not_show_it_nothing_is_claimed(company):
    user(company, "")
    company.sandbox.settings(hidden_fields={"USERINFO": ["CONTACTINFO.EMAIL1"]})
    assert company.check()["stopping"] == 0
    assert company.outcomes()[MAIL] == "cannot tell"
    company.sandbox.settings(hidden_fields={})
    company.check(force=True)
    assert company.outcomes()[MAIL] == "missing"


@given(st.text(max_size=40), st.booleans())
def test_whatever_stands_there_is_judged(address, live):
    found = mail_address(address, user="u", live=live)
    assert found.outcome in (Outcome.PRESENT, Outcome.MISSING)
    assert bool(found.where_to_click) == (found.outcome is Outcome.MISSING)
