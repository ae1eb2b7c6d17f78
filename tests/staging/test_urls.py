"""The address of a database that somebody wrote: read by everybody alike, or refused without a word of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from certify_intacct.model.errors import ConfigurationError
from certify_intacct.staging import migrate, urls
from certify_intacct.staging.database import Database

SECRET = "s3cret-canary"
WRONG = [
    f"postgresql+psycopg2://loader:{SECRET}@127.0.0.1:1/connector", f"loader:{SECRET}@127.0.0.1", f"http://loader:{SECRET}@127.0.0.1",
    f"postgresql://loader:{SECRET}%@127.0.0.1:1/connector", f"postgresql://loader:{SECRET}@x@127.0.0.1:1/connector",
    f"postgresql://loader:{SECRET}/x@127.0.0.1:1/connector", f"postgresql://loader:{SECRET} x@127.0.0.1:1/connector",
    f"postgresql://loader:x#{SECRET}@127.0.0.1:1/connector", f"postgresql://loader:x?{SECRET}@127.0.0.1:1/connector",
    f" postgresql://loader:{SECRET}@127.0.0.1:1/connector", f"password='{SECRET}' host=127.0.0.1", SECRET,
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_address_is_refused_without_a_word_of_it(url):
    with pytest.raises(ConfigurationError, match="variable X: This is no address of the form postgresql://") as caught:
        urls.checked(url, where="variable X")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("url", [f"postgresql+psycopg2://loader:{SECRET}@127.0.0.1:1/connector", f"x {SECRET}"])
def test_what_cannot_be_understood_is_not_quoted_by_who_connects_either(url):
    with pytest.raises(ConfigurationError, match="cannot be understood") as caught:
        Database(url).connect()
    assert "canary" not in str(caught.value)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_any_password_can_be_written_and_is_read_as_it_is(password):
    url = f"postgresql://loader:{quote(password, safe='')}@127.0.0.1:5432/connector?sslmode=require"
    assert conninfo_to_dict(urls.checked(url, where="x"))["password"] == password


def test_migrations_tell_nothing_of_it_either(monkeypatch, capsys):
    for url in WRONG:
        monkeypatch.setenv("CONNECTOR_DB_URL", url)
        assert migrate.main() == 2, url
        said = "".join(capsys.readouterr())
        assert ("postgresql://USER:PASSWORD@HOST" in said, "canary" in said) == (True, False), url
