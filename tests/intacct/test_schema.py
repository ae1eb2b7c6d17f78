"""Each request that the connector can send is valid by the schema of requests."""

from __future__ import annotations

import inspect

import pytest
from lxml import etree

from certify_intacct.intacct import envelope, functions
from tests.intacct.request_schema import schema
from tests.intacct.requests_sent import CASES

CREDENTIALS = envelope.Credentials("sender", "ACME", "user", sender_password="p&<>", user_password="q")


@pytest.mark.parametrize("signed_in", [True, False], ids=["session", "login"])
@pytest.mark.parametrize("case", CASES)
def test_request_is_valid_by_the_schema(case, signed_in):
    function = CASES[case]()
    body = envelope.request(
        [function],
        CREDENTIALS,
        control_id="control",
        session_id="session.." if signed_in else None,
        entity="100",
        unique=function.writes,
    )
    document = etree.fromstring(body)
    assert schema().validate(document), schema().error_log


def test_every_builder_has_a_case():
    builders = {
        name
        for name, builder in inspect.getmembers(functions, inspect.isfunction)
        if not name.startswith("_") and builder.__module__ == functions.__name__
    }
    used = {name for case in CASES.values() for name in case.__code__.co_names}
    assert builders - used == set()
