"""The section ``notifications`` of connector.yaml."""

from __future__ import annotations

import re

import pytest

from certify_intacct.model.configuration import load
from tests.model.configuration.shipped import SHIPPED, TEXT, refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    accounts payable: []", "    accounts pay: []", ["owners.accounts pay", "Allowed: ", "Intacct administrator"]),
        ("    accounts payable: []", "    accounts payable: [Dana <d@example.com>]", ["owners.accounts payable", "is not an e-mail"]),
        ("  addresses: []", "  addresses: ['a@example.com, b@example.com']", ["notifications.addresses.0", "payables@example.com"]),
        ("  addresses: []", '  addresses: ["a@example.com\\nBcc: b@example.com"]', ["addresses.0", "is not an e-mail"]),
        ("  when: something", "  when: sometimes", ["notifications.when", "'always', 'something' or 'trouble'"]),
        ("  when: something", "  every_run: false", ["notifications.every_run", "write `when: trouble`"]),
        ("  when: something", "  every_run: true", ["notifications.every_run", "write `when: always`"]),
        ("    days: 7", "    days: 0", ["notifications.escalation.days", "greater than or equal to 1"]),
    ],
)  # fmt: skip
def test_whom_to_tell_is_checked(tmp_path, old, new, said):
    start = TEXT.index("\nnotifications:")
    text = TEXT[:start] + TEXT[start:].replace(old, new, 1)
    refusal = refused(tmp_path, text)
    line = text[: text.index(new, start)].count("\n") + 1
    for words in [*said, f"line {line},"]:
        assert words in refusal, refusal


def test_an_owner_without_an_address_is_as_if_it_were_not_written(tmp_path):
    path = tmp_path / "connector.yaml"
    path.write_text(re.sub(r"(?s)  owners:\n.*?(?=  # Who is told, once)", "", TEXT), encoding="utf-8")
    assert "  owners:" not in path.read_text(encoding="utf-8")
    assert load(path).hash == load(SHIPPED).hash
