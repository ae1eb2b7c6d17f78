"""A company with a little of everything, and a client of its gateway."""

from __future__ import annotations

import pytest

from tests.sandbox.gateway_client import GatewayClient
from tests.sandbox_fixture import RunningSandbox


@pytest.fixture
def gateway(fresh_sandbox: RunningSandbox) -> GatewayClient:
    """A client of an empty company."""
    return GatewayClient(fresh_sandbox.url)


@pytest.fixture
def company(fresh_sandbox: RunningSandbox) -> RunningSandbox:
    """Two entities, three departments, four employees of whom one is private to an entity."""
    fresh_sandbox.load(
        "intacct",
        "LOCATIONENTITY",
        [
            {"LOCATIONID": "100-US", "NAME": "United States", "CURRENCY": "USD", "FIRSTMONTH": "January"},
            {"LOCATIONID": "200-DE", "NAME": "Deutschland", "CURRENCY": "EUR"},
            {"LOCATIONID": "300-XX", "NAME": "Closed", "CURRENCY": "USD", "STATUS": "inactive"},
        ],
    )
    fresh_sandbox.load(
        "intacct",
        "DEPARTMENT",
        [
            {"DEPARTMENTID": "10", "TITLE": "Sales & Service", "WHENMODIFIED": "01/15/2026 10:00:00"},
            {"DEPARTMENTID": "20", "TITLE": "Entwicklung Ü", "PARENTID": "10", "WHENMODIFIED": "02/01/2026 00:00:01"},
            {"DEPARTMENTID": "30", "TITLE": "100% <ops>", "PARENTID": "20", "STATUS": "inactive", "WHENMODIFIED": ""},
        ],
    )
    fresh_sandbox.load(
        "intacct",
        "CONTACT",
        [
            {"CONTACTNAME": "Ann Lee", "PRINTAS": "Ann Lee", "FIRSTNAME": "Ann", "EMAIL1": "ann@example.org"},
            {"CONTACTNAME": "Bo Öst", "PRINTAS": "Bo Öst", "FIRSTNAME": "Bo", "EMAIL1": "Bo@Example.org"},
        ],
    )
    fresh_sandbox.load(
        "intacct",
        "EMPLOYEE",
        [
            {
                "EMPLOYEEID": "E1",
                "PERSONALINFO.CONTACTNAME": "Ann Lee",
                "DEPARTMENTID": "10",
                "STATUS": "active",
                "STARTDATE": "03/01/2019",
            },
            {
                "EMPLOYEEID": "E2",
                "PERSONALINFO.CONTACTNAME": "Bo Öst",
                "DEPARTMENTID": "20",
                "STATUS": "active",
                "SUPERVISORID": "E1",
                "STARTDATE": "12/31/2018",
            },
            {
                "EMPLOYEEID": "e3",
                "PERSONALINFO.CONTACTNAME": "Bo Öst",
                "DEPARTMENTID": "30",
                "STATUS": "inactive",
                "SUPERVISORID": "E2",
                "TITLE": "O'Brien's \"boss\"",
            },
            {
                "EMPLOYEEID": "P4",
                "PERSONALINFO.CONTACTNAME": "Ann Lee",
                "STATUS": "active",
                "MEGAENTITYID": "200-DE",
                "MEGAENTITYNAME": "Deutschland",
            },
        ],
    )
    fresh_sandbox.clear_calls()
    return fresh_sandbox
