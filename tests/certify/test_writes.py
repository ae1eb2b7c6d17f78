from __future__ import annotations

import contextlib
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify_intacct.certify import answers
from certify_intacct.certify.resources import UpdateStatus
from certify_intacct.model import errors
from certify_intacct.model.errors import AnswerUnreadable, ConnectorError
from certify_intacct.transport.http import Answer
from certify_intacct.transport.redaction import Redactor
from tests.transport.replay import Reply

IN_DOUBT = [
    Reply(cut="before"),
    Reply(b'{"ID": "0b"}', cut="within"),
    Reply(b"", status=500),
    Reply(b'{"errorCode":"500","errorValue":"no"}', status=500),
    Reply(b"<html>502</html>", status=502),
    Reply(b"<html>524</html>", status=524),
    Reply(b"<html>ok?</html>", status=200),
    Reply(b"", status=200),
    Reply(b"", status=204),
    Reply(b"", status=302),
    Reply(b"<html>400</html>", status=400),
    Reply(b"[]", status=200),
    Reply(b"{}", status=200),
    Reply(b"not json", status=404),
]
REFUSED = [
    (400, errors.RecordRefused),
    (401, errors.CredentialsRefused),
    (403, errors.PermissionDenied),
    (404, errors.RecordRefused),
    (409, errors.RecordRefused),
    (429, errors.RateLimited),
    (200, errors.RecordRefused),
]


def test_create_is_a_put_of_one_object_and_gives_the_id(server, hook):
    server.replies = [Reply(b'{"ID": "0b-1"}'), Reply(b'[{"ID": "0b-2", "Status": "Created"}]')]
    assert hook.create("departments", {"Name": "Vertrieb & \u00dc", "Code": "30", "Active": 1}) == "0b-1"
    assert hook.create("empglds/1", {"Name": "x"}) == "0b-2"
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("PUT", "/v1/departments")
    assert json.loads(asked.body) == {"Name": "Vertrieb & \u00dc", "Code": "30", "Active": 1}
    assert asked.headers["Content-Type"] == "application/json"
    assert server.asked[1].path == "/v1/empglds/1"


@pytest.mark.parametrize("reply", IN_DOUBT)
def test_create_is_sent_once_and_then_in_doubt(server, hook, reply):
    server.replies = [reply, Reply(b'{"ID": "second"}')]
    with pytest.raises(AnswerUnreadable):
        hook.create("users", {"Email": "a@b.c"})
    assert len(server.asked) == 1


@pytest.mark.parametrize("key", ["errorValue", "errorMessage"])
@pytest.mark.parametrize(("status", "kind"), REFUSED)
def test_create_refused_in_so_many_words_is_not_in_doubt(server, hook, status, kind, key):
    server.replies = [Reply(json.dumps({"errorCode": "7", key: "E-mail is in use"}).encode(), status=status)]
    with pytest.raises(kind, match=r"PUT users: .*E-mail is in use"):
        hook.create("users", {"Email": "a@b.c"})
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>405 Method Not Allowed</html>"])
def test_a_method_that_the_path_does_not_have_did_nothing(server, hook, body):
    server.replies = [Reply(body, status=405)]
    with pytest.raises(errors.RecordRefused, match="PUT empglds/1: HTTP status 405"):
        hook.create("empglds/1", {"Name": "x"})
    assert len(server.asked) == 1


def test_create_with_an_error_status_for_the_record(server, hook):
    server.replies = [Reply(b'[{"ID": "", "Status": "Error", "Message": "E-mail is in use"}]')]
    with pytest.raises(errors.RecordRefused, match="E-mail is in use"):
        hook.create("users", {"Email": "a@b.c"})


def test_update_is_a_post_of_an_array_and_partial_failure_is_told(server, hook):
    server.replies = [
        Reply(
            b'[{"ID":"ZZ","Status":"Error","Message":"Unknown ID"},{"ID":"0b","Status":"Updated","Message":null},'
            b'{"ID":"0c","Status":"updated"}]'
        )
    ]
    found = hook.update("departments", [{"ID": "0B", "Name": "x"}, {"ID": "0c"}, {"ID": "zz"}])
    assert found == [
        UpdateStatus("0B", "Updated", ""),
        UpdateStatus("0c", "updated", ""),
        UpdateStatus("zz", "Error", "Unknown ID"),
    ]
    assert [status.succeeded for status in found] == [True, True, False]
    assert server.asked[0].method == "POST"
    assert json.loads(server.asked[0].body) == [{"ID": "0B", "Name": "x"}, {"ID": "0c"}, {"ID": "zz"}]


def test_update_of_one_may_be_answered_with_one(server, hook):
    server.replies = [Reply(b'{"ID":"0b","Status":"Updated"}')]
    assert hook.update("users", [{"ID": "0b", "Active": 0}])[0].succeeded


def test_one_bad_record_does_not_stop_the_others_when_all_are_refused_for_it(server, hook):
    def answer(asked):
        ids = [record["ID"] for record in json.loads(asked.body)]
        if "bad" in ids:
            return Reply(b'{"errorCode":"404","errorValue":"Unknown ID"}', status=404)
        return Reply(json.dumps([{"ID": record_id, "Status": "Updated"} for record_id in ids]).encode())

    server.answer = answer
    found = hook.update("users", [{"ID": record_id} for record_id in ("a", "b", "bad", "c", "d")])
    assert [status.succeeded for status in found] == [True, True, False, True, True]
    assert [status.id for status in found] == ["a", "b", "bad", "c", "d"]
    assert "Unknown ID" in found[2].message


@pytest.mark.parametrize(
    "reply",
    [
        *IN_DOUBT,
        Reply(b'[{"ID":"a","Status":"Updated"}]'),
        Reply(b'[{"ID":"a","Status":"Updated"},{"ID":"a","Status":"Updated"}]'),
        Reply(b'[{"ID":"a","Status":"Updated"},{"ID":"c","Status":"Updated"}]'),
        Reply(b'[{"ID":"a","Status":"Updated"},{"ID":"b","Status":"Updated"},{"ID":"c","Status":"Updated"}]'),
        Reply(b'[{"ID":"a","Status":"Updated"},{"ID":"b"}]'),
        Reply(b'["a","b"]'),
    ],
)
def test_update_is_sent_once_and_then_in_doubt(server, hook, reply):
    server.replies = [reply, Reply(b"[]")]
    with pytest.raises(AnswerUnreadable):
        hook.update("users", [{"ID": "a"}, {"ID": "b"}])
    assert len(server.asked) == 1


@pytest.mark.parametrize("records", [[], [{}], [{"ID": ""}], [{"ID": None}], [{"ID": "a"}, {"ID": "A"}]])
def test_an_update_needs_an_id_for_each_record(server, hook, records):
    with pytest.raises(errors.BadInput, match="its own ID"):
        hook.update("users", records)
    assert server.asked == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"MaxAmount": 1.5}, "MaxAmount is of type float"),
        ({"MaxAmount": Decimal("1.5")}, "MaxAmount is of type Decimal"),
        ({"Name": "a\x00b"}, r"Name holds the character U\+0000 at position 2"),
        ({"Name": "\ud800"}, r"Name holds the character U\+D800"),
        ({"Deep": [{"Name": "\x1b"}]}, r"Name holds the character U\+001B"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(server, hook, body, why):
    with pytest.raises(errors.BadInput, match=why):
        hook.create("users", body)
    assert server.asked == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.text(
        st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40
    )
)
def test_any_text_arrives_as_it_was(server, hook, text):
    server.replies = [Reply(b'{"ID": "1"}')]
    hook.create("departments", {"Name": text})
    assert json.loads(server.asked[-1].body)["Name"] == text


# Whatever comes ends in content or in a named error.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["ID", "Status", "Message", "Users", "Page", "PageCount", "Records", "RecordCount", "errorCode"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([200, 201, 302, 400, 401, 403, 404, 429, 500]))
def test_any_json_is_read_or_refused(content, status):
    answer = Answer(status, {}, json.dumps(content).encode(), None)
    redact = Redactor()
    for take in (
        lambda: answers.page(answers.read(answer, redact=redact, where="x"), "Users", 1, where="x"),
        lambda: answers.one_record(answers.read(answer, redact=redact, where="x"), "Users", "a", where="x"),
        lambda: answers.created_id(answers.written(answer, redact=redact, where="x"), redact=redact, where="x"),
        lambda: answers.statuses(answers.written(answer, redact=redact, where="x"), ["a"], redact=redact, where="x"),
    ):
        with contextlib.suppress(ConnectorError):
            take()


@given(st.binary(max_size=200).map(lambda noise: b"<" + noise), st.sampled_from([200, 400, 403, 500]))
def test_noise_in_answer_to_a_write_is_a_doubt(body, status):
    with pytest.raises(AnswerUnreadable):
        answers.written(Answer(status, {}, body, None), redact=Redactor(), where="x")
