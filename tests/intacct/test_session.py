from __future__ import annotations

import time
from datetime import date

import pytest

from certify_intacct.intacct import functions
from certify_intacct.intacct.errors import SessionEnded
from certify_intacct.intacct.hook import SageIntacctHook
from certify_intacct.intacct.sessions import IdleSessions, Session
from certify_intacct.model.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    GuardTripped,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from tests.intacct import gateway as g
from tests.transport.replay import Reply

DEAD = g.authentication_failure(g.error("XL03000006", "Invalid session q...."))


def write(control_id: str = "C7-1-1-B-1"):
    return functions.create("APBILL", {"RECORDID": "C7"}, control_id=control_id)


def read():
    return functions.read_entity_details(control_id="read-1")


def fine(request: g.Request) -> str:
    return g.response(request, *(g.result(control_id, content.tag) for control_id, content in request.functions))


def test_one_sign_in_serves_many_requests(gateway, hook):
    gateway.answers = [fine] * 3
    for _ in range(3):
        hook.send([read()])

    assert len(gateway.sign_ins) == 1
    login = gateway.sign_ins[0]
    assert login.text("control/senderid") == "sender"
    assert login.text("control/password") == "sender-canary"
    assert login.text("control/uniqueid") == "false"
    assert login.text("operation/authentication/login/password") == "user-canary&<>"
    assert login.root.find("operation/authentication/login/locationid") is None
    assert {request.text("operation/authentication/sessionid") for request in gateway.requests} == {
        "session-1-canary.."
    }
    assert all(request.asked.headers["Content-Type"] == "application/xml" for request in gateway.requests)


def test_each_entity_has_a_session_of_its_own(gateway, hook):
    gateway.answers = [fine] * 5
    for entity in ("100", "200", None, "100", ""):
        hook.send([read()], entity=entity)
    locations = [request.text("operation/authentication/login/locationid") for request in gateway.sign_ins]
    assert locations == ["100", "200", ""]
    used = [request.text("operation/authentication/sessionid")[:9] for request in gateway.requests]
    assert used == ["session-1", "session-2", "session-3", "session-1", "session-3"]


def test_entity_of_the_connection_is_the_default(gateway, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_SAGE_INTACCT_DEFAULT", gateway.connection(entity_id="100"))
    gateway.answers = [fine] * 2
    hook = SageIntacctHook()
    hook.send([read()])
    hook.send([read()], entity="")
    assert [request.text("operation/authentication/login/locationid") for request in gateway.sign_ins] == ["100", ""]
    assert hook.entity_id == "100"


def test_a_session_for_another_entity_is_not_used(gateway, hook):
    gateway.sign_in = lambda request: gateway.session(request).replace("<locationid>100<", "<locationid><")
    with pytest.raises(GuardTripped, match="opened for 'top level', not for '100'"):
        hook.send([write()], entity="100")
    assert gateway.requests == []


# What is asked inside an entity that is asked nothing else


def closed_in(place: str):
    def answer(request: g.Request) -> str:
        data = "<data><closedbooksdate>12/31/2025</closedbooksdate></data>"
        ((control_id, content),) = request.functions
        return g.response(request, g.result(control_id, content.tag, data), location=place)

    return answer


def test_one_question_inside_an_entity_signs_in_itself(gateway, hook):
    gateway.answers = [closed_in("100"), closed_in("200")]
    for entity in ("100", "200"):
        assert hook.closed_books_date(entity=entity) == date(2025, 12, 31)
    assert gateway.sign_ins == []
    logins = [request.root.find("operation/authentication/login") for request in gateway.requests]
    assert [login.findtext("locationid") for login in logins] == ["100", "200"]
    assert {login.findtext("password") for login in logins} == {"user-canary&<>"}


def test_where_a_session_is_open_it_is_asked_in_that(gateway, hook):
    gateway.answers = [fine, closed_in("100")]
    hook.send([read()], entity="100")
    assert hook.closed_books_date(entity="100") == date(2025, 12, 31)
    assert len(gateway.sign_ins) == 1
    assert gateway.requests[1].text("operation/authentication/sessionid") == "session-1-canary.."


@pytest.mark.parametrize("absent", [False, True])
def test_an_answer_that_does_not_say_where_proves_nothing_and_is_asked_for_in_a_session(gateway, hook, absent):
    """Once; after that it is known that answers of this company do not say it."""

    def unsaid(request: g.Request) -> str:
        answer = closed_in("")(request)
        return answer.replace("<locationid></locationid>", "") if absent else answer

    gateway.answers = [unsaid] * 3
    for entity in ("100", "200"):
        assert hook.closed_books_date(entity=entity) == date(2025, 12, 31)
    assert [request.text("operation/authentication/login/locationid") for request in gateway.sign_ins] == ["100", "200"]
    assert len(gateway.requests) == 3


def test_an_answer_from_inside_another_entity_is_not_taken(gateway, hook):
    gateway.answers = [closed_in("200")]
    with pytest.raises(GuardTripped, match="opened for '200', not for '100'"):
        hook.closed_books_date(entity="100")


@pytest.mark.parametrize("trouble", [Reply(cut="before"), Reply(b"API rate limit exceeded"), Reply(b"", status=500)])
def test_it_is_asked_again_as_any_read_is(gateway, hook, trouble):
    gateway.answers = [trouble, trouble, closed_in("100")]
    assert hook.closed_books_date(entity="100") == date(2025, 12, 31)


def test_a_sign_in_that_is_refused_names_the_entity(gateway, hook):
    gateway.sign_in = lambda _: g.authentication_failure(g.error("XL03000006", "Sign-in information is incorrect"))
    with pytest.raises(CredentialsRefused, match=r"entity 100: "):
        hook.send([write()], entity="100")


def test_a_session_that_is_not_opened_names_the_entity(gateway, hook):
    said = f"<errormessage>{g.error('Get API Session Failed', 'Something went wrong')}</errormessage>"
    gateway.sign_in = lambda request: g.response(
        request, g.result(request.functions[0][0], "getAPISession", said, "failure")
    )
    with pytest.raises(ServiceUnavailable, match=r"entity 100: "):
        hook.send([write()], entity="100")


@pytest.mark.parametrize("make", [read, write])
def test_a_dead_session_is_renewed_once(gateway, hook, make):
    gateway.answers = [fine, DEAD, fine]
    hook.send([read()])
    result = hook.send([make()])[0]

    assert result.succeeded
    assert len(gateway.sign_ins) == 2
    assert gateway.requests[1].functions[0][0] == gateway.requests[2].functions[0][0]
    assert gateway.requests[2].text("operation/authentication/sessionid") == "session-2-canary.."


@pytest.mark.parametrize("make", [read, write])
def test_a_session_that_is_dead_at_birth_is_an_error(gateway, hook, make):
    gateway.answers = [DEAD] * 6
    with pytest.raises(SessionEnded):
        hook.send([make()])
    assert len(gateway.requests) == (6 if make is read else 2)


def test_a_session_that_is_laid_down_is_taken_up_by_one_hook(gateway, hook):
    idle = IdleSessions()
    first, second, third = (SageIntacctHook(idle=idle) for _ in range(3))
    gateway.answers = [fine] * 5
    first.send([read()], entity="100")
    first.lay_down_sessions()
    for other in (second, third, second):
        other.send([read()], entity="100")
    second.lay_down_sessions()
    first.send([read()], entity="100")
    assert len(gateway.sign_ins) == 2
    used = [request.text("operation/authentication/sessionid")[:9] for request in gateway.requests]
    assert used == ["session-1", "session-1", "session-2", "session-1", "session-1"]
    for one in (first, second, third):
        one.close()


def test_a_session_that_ended_while_it_lay_idle_is_not_taken_up():
    idle = IdleSessions()
    idle.put({"100": Session("old", "https://api.intacct.com", seconds=100, used=time.monotonic() - 95)})
    assert idle.take("100") is None
    idle.put({"100": Session("new", "https://api.intacct.com", seconds=100, used=time.monotonic())})
    assert idle.take("200") is None
    assert idle.take("100") is not None
    assert idle.take("100") is None


def test_a_session_that_has_lain_idle_is_renewed_before_a_write(gateway, hook):
    def short_lived(answer):
        return lambda request: answer(request).replace("2026-08-27T02:33:31", "2026-08-26T14:33:31.001")

    gateway.sign_in = short_lived(gateway.session)
    gateway.answers = [short_lived(fine), fine]
    hook.send([write("a")])
    time.sleep(0.01)
    hook.send([write("b")])
    assert len(gateway.sign_ins) == 2
    assert [request.text("operation/authentication/sessionid")[:9] for request in gateway.requests] == [
        "session-1",
        "session-2",
    ]


def test_answers_for_another_company_stop_everything(gateway, hook):
    gateway.company = "OTHER"
    with pytest.raises(GuardTripped, match="company 'OTHER', but the connection names 'ACME'"):
        hook.send([write()])
    assert gateway.requests == []


def test_a_write_that_another_company_answers_is_in_doubt(gateway, hook):
    """It was carried out somewhere: "not executed" would be a lie."""
    gateway.answers = [lambda request: fine(request).replace("<companyid>ACME", "<companyid>OTHER")]
    with pytest.raises(AnswerUnreadable, match="company 'OTHER', but the connection names 'ACME'"):
        hook.send([write()])


def test_an_answer_to_another_request_is_not_ours(gateway, hook):
    gateway.answers = [lambda request: fine(request).replace(request.text("control/controlid"), "not-ours")]
    with pytest.raises(AnswerUnreadable, match="another request"):
        hook.send([write()])


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example.com/ia/xml/xmlgw.phtml",
        "http://127.0.0.1:1/ia/xml/xmlgw.phtml",
        "https://api.intacct.com/ia/xml/xmlgw.phtml",
        "not a url",
    ],
)
def test_a_session_is_never_taken_elsewhere_from_this_machine(gateway, hook, endpoint):
    gateway.endpoint = endpoint
    with pytest.raises(GuardTripped, match="elsewhere"):
        hook.send([read()])


# What comes instead of an answer, for reads and for writes

TROUBLES = [
    Reply(cut="before"),
    Reply(b"<response>" * 100, cut="within"),
    Reply(b"<html>502</html>", status=502),
    Reply(b"<html>524</html>", status=524),
    Reply(b"", status=500),
    Reply(b"API rate limit exceeded"),
    Reply(b"<html>maintenance</html>"),
    Reply(b"", status=204),
    "<response><control>",
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_read_is_asked_again(gateway, hook, trouble):
    gateway.answers = [trouble, trouble, fine]
    assert hook.send([read()])[0].succeeded
    assert len(gateway.requests) == 3


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_write_is_sent_once_and_then_in_doubt(gateway, hook, trouble):
    gateway.answers = [trouble, fine]
    with pytest.raises(AnswerUnreadable):
        hook.send([write()])
    assert len(gateway.requests) == 1


def test_a_request_with_one_write_among_reads_is_sent_once(gateway, hook):
    gateway.answers = [Reply(cut="before"), fine]
    with pytest.raises(AnswerUnreadable):
        hook.send([read(), write()])
    assert len(gateway.requests) == 1


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (g.gateway_failure("GW-0010", "Too many", 429), RateLimited),
        (g.gateway_failure("GW-0001", "Unable to process request"), ServiceUnavailable),
        (g.control_failure(g.error("XL03000003", "XML Parse schema error: x")), RequestRefused),
        (g.authentication_failure(g.error("XL03000006", "Sign-in information is incorrect")), CredentialsRefused),
    ],
)
def test_a_write_refused_in_so_many_words_is_sent_once_and_not_in_doubt(gateway, hook, refusal, kind):
    gateway.answers = [refusal, fine]
    with pytest.raises(kind):
        hook.send([write()])
    assert len(gateway.requests) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_while_signing_in_leaves_a_write_not_sent_rather_than_in_doubt(gateway, hook, trouble):
    gateway.sign_in = lambda _: trouble
    with pytest.raises((ServiceUnavailable, RateLimited)):
        hook.send([write()])
    assert gateway.requests == []
    assert len(gateway.sign_ins) == 3


def test_signing_in_is_tried_again_before_a_write(gateway, hook):
    troubles = [Reply(cut="before"), Reply(b"", status=503)]
    gateway.sign_in = lambda request: troubles.pop() if troubles else gateway.session(request)
    gateway.answers = [fine]
    assert hook.send([write()])[0].succeeded


def test_wrong_credentials_are_not_tried_again(gateway, hook):
    gateway.sign_in = lambda _: g.authentication_failure(g.error("XL03000006", "Sign-in information is incorrect"))
    with pytest.raises(CredentialsRefused):
        hook.send([read()])
    assert len(gateway.sign_ins) == 1


def test_uniqueness_follows_writing_unless_said_otherwise(gateway, hook):
    gateway.answers = [fine] * 4
    hook.send([read()])
    hook.send([write()])
    hook.send([write()], unique=False)
    hook.send([read(), write()])
    assert [request.text("control/uniqueid") for request in gateway.requests] == ["false", "true", "false", "true"]
    assert {request.root.find("operation").get("transaction") for request in gateway.requests} == {"false"}


def test_results_come_in_the_order_of_the_functions(gateway, hook):
    def shuffled(request: g.Request) -> str:
        found = [g.result(control_id, "create", f"<key>{control_id}</key>") for control_id, _ in request.functions]
        return g.response(request, *reversed(found))

    gateway.answers = [shuffled]
    results = hook.send([write("a"), write("b"), write("c")])
    assert [result.key for result in results] == ["a", "b", "c"]


def test_frozen_bytes_can_be_sent_again(gateway, hook):
    gateway.answers = [fine, fine]
    first = write()
    hook.send([first])
    hook.send([functions.Function(first.control_id, first.xml, first.name, writes=True)])
    bodies = [request.asked.body for request in gateway.requests]
    assert all(first.xml in body for body in bodies)


def test_no_secret_is_in_any_error_or_log(gateway, hook, caplog):
    def echo(request: g.Request) -> Reply:
        return Reply(
            b"<html>debug " + request.asked.body + str(request.asked.headers).encode() + b"</html>", status=502
        )

    gateway.answers = [echo] * 3
    with pytest.raises(ServiceUnavailable) as caught:
        hook.send([read()])
    gateway.sign_in = lambda request: Reply(request.asked.body, status=200)
    with pytest.raises(ServiceUnavailable) as again:
        hook.get_conn().sign_in("100")
    seen = str(caught.value) + str(again.value) + caplog.text
    assert "debug" in seen
    assert "canary" not in seen
