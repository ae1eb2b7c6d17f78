"""No stream asks a service for what is nobody's business here, and no configured field may."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from certify_intacct.model.configuration.people import PeopleConfiguration
from certify_intacct.staging.streams import STREAMS

# Parts of names that both services use for what is never read: identity numbers, birth, gender, bank, tax, pay, home address.
BANNED = (
    "SSN", "SOCIALSECURITY", "BIRTH", "GENDER", "ACH", "BANK", "IBAN", "ROUTING", "TAXID", "FEDERALID", "1099", "SALARY", "EARNING",
    "PAYRATE", "MAILADDRESS", "HOMEADDRESS", "PASSPORT", "ETHNIC", "CARDNUM", "CVV",
)  # fmt: skip


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_no_stream_reads_a_banned_field(stream):
    asked = [field.upper().replace("_", "") for field in stream.source_fields]
    assert asked, "a stream that lists no field would read all"
    assert [field for field in asked if "*" in field or any(word in field for word in BANNED)] == []


@pytest.mark.parametrize(
    "field",
    [
        "SSN",
        "BIRTHDATE",
        "GENDER",
        "PERSONALINFO.MAILADDRESS.ADDRESS1",
        "ACHBANKROUTINGNUMBER",
        "TAXID",
        "FORM1099TYPE",
    ],
)
def test_no_configured_field_may_be_one(field):
    with pytest.raises(ValidationError, match="never reads"):
        PeopleConfiguration(sources=[{"kind": "employee", "role_field": field}])
