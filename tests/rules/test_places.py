"""Live and test companies never meet."""

from __future__ import annotations

import pytest

from certify_intacct.rules.places import Place, wrong_entity, wrong_environment

UNMARKED = Place(service="Sage Intacct", company="ACME")


def certify(declared: str = "") -> Place:
    return Place(service="Emburse Certify", declared=declared)


@pytest.mark.parametrize(
    ("wanted", "places", "said"),
    [
        ("live", [UNMARKED, certify()], []),
        ("live", [Place(service="Sage Intacct", company="ACME", declared="live"), certify("Live")], []),
        ("test", [Place(service="Sage Intacct", company="ACME-sandbox"), certify("test")], []),
        ("test", [Place(service="Sage Intacct", loopback=True), Place(service="Emburse Certify", loopback=True)], []),
        ("live", [Place(service="Sage Intacct", loopback=True, declared="live"), certify()], []),
        ("live", [Place(service="Sage Intacct", company="acme-IMP"), certify()], ["is test (its company is called acme-IMP)"]),
        ("live", [Place(service="Sage Intacct", loopback=True), certify()], ["is test (it leads to this machine)"]),
        ("live", [UNMARKED, certify("test")], ["Emburse Certify is test (its connection says `environment: test`)"]),
        ("test", [UNMARKED, certify("test")], ["Nothing says that Sage Intacct is a test company"]),
        ("test", [Place(service="Sage Intacct", company="ACME-sandbox"), certify()], ["Nothing says that Emburse Certify is"]),
        ("test", [Place(service="Sage Intacct", company="ACME-sandbox", declared="live"), certify("test")], ["Sage Intacct is live"]),
        ("live", [UNMARKED, certify("staging")], ["Emburse Certify is staging"]),
    ],
)  # fmt: skip
def test_environment(wanted, places, said):
    found = wrong_environment(wanted, places)
    assert len(found) == len(said)
    for sentence, part in zip(found, said, strict=True):
        assert part in sentence
        assert f"connector.yaml is for {wanted} (company.environment)" in sentence


def test_entity():
    assert wrong_entity("", "") == wrong_entity("100", "100") == ""
    assert "works in the entity 200, and connector.yaml is for work at top level" in wrong_entity("", "200")
    assert "works at top level, and connector.yaml is for work in the entity 100" in wrong_entity("100", "")
