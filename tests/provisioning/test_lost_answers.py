"""Whatever Certify is like, and whatever of its answers is lost: nobody twice, and nobody missing."""

from __future__ import annotations

import pytest

from tests.people_company import (
    in_order,
    load_people,
    users,
)


@pytest.mark.parametrize(
    "unknown",
    [
        {"certify_put_users": "email_only"},
        {"certify_put_users": "full"},
        {"certify_put_empglds": "with_index"},
        {"certify_put_empglds": "without_index"},
        {"certify_put_empglds": "without_index", "certify_error_style": "html"},
        {"certify_email_filter": "honoured"},
        {
            "certify_duplicate_emails": "accept",
            "certify_duplicate_employee_ids": "refuse",
            "certify_duplicate_codes": "refuse",
        },
        {"certify_unknown_fields": "refuse"},
        {"certify_page_size": 1, "certify_empty_page_has_paging": True},
        {"certify_error_style": "html"},
        {"certify_time_in_dates": True},
    ],
    ids=str,
)
def test_the_same_comes_out_whatever_certify_is_like(company, sync, unknown):
    company.settings(**unknown)
    load_people(company, 1, 2)
    sync(judged=False)
    sync(judged=False)
    found = users(company)
    assert in_order(found) == ["E1", "E2"]
    assert len(company.state("certify", "empglds")) == 2
    assert len(company.state("certify", "departments")) == 2
    assert not any(user["WelcomeEmailSent"] for user in found.values())


LOSSES = [
    *(
        (match, kind)
        for match in ("PUT users", "POST users")
        for kind in ("drop_before", "drop_after_commit", "truncate_body")
    ),
    ("PUT users", "http_502_html"),
    ("PUT users", "html_200"),
    ("PUT departments", "drop_after_commit"),
    ("PUT empglds", "drop_after_commit"),
    ("PUT empglds", "drop_before"),
]


@pytest.mark.parametrize(("match", "kind"), LOSSES)
def test_a_lost_answer_makes_no_second_user_and_loses_nobody(company, sync, kind, match):
    company.settings(certify_duplicate_emails="accept")
    load_people(company, 1, 2)
    company.fault(side="certify", match=match, kind=kind, times=1)
    sync(judged=False)
    company.clear_faults()
    sync(judged=False)
    assert in_order(users(company)) == ["E1", "E2"]
    assert len(company.state("certify", "departments")) == 2
    assert len(company.state("certify", "empglds")) == 2


def test_a_create_that_is_seen_late_is_ours_and_not_repeated(company, sync, rows):
    company.settings(certify_duplicate_emails="accept", certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    company.fault(side="certify", match="PUT users", kind="drop_after_commit", times=1)
    assert sync(judged=False)["in_doubt"] == 1
    assert rows("SELECT certify_id FROM ledger.user_link") == [{"certify_id": None}]
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]
    assert rows("SELECT origin FROM ledger.user_link WHERE certify_id IS NOT NULL") == [{"origin": "created"}]


def test_a_create_that_is_refused_because_the_lost_one_exists_is_still_ours(company, sync, rows):
    """The first answer is lost, the user is not to be seen yet, and Certify refuses the second create for its address."""
    company.settings(certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    company.fault(side="certify", match="PUT users", kind="drop_after_commit", times=1)
    assert sync(judged=False)["in_doubt"] == 1
    assert sync(judged=False)["rejected"] == 1
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]
    assert rows("SELECT origin FROM ledger.user_link WHERE certify_id IS NOT NULL") == [{"origin": "created"}]


def test_a_department_that_is_not_listed_yet_is_not_made_again(company, sync):
    company.settings(certify_visibility_delay_seconds=3600)
    load_people(company, 1)
    for _ in range(2):
        sync(judged=False)
    company.settings(certify_visibility_delay_seconds=0)
    sync(judged=False)
    assert sorted(row["Code"] for row in company.state("certify", "departments")) == ["10", "20"]
    assert sorted(row["Code"] for row in company.state("certify", "empglds")) == ["100", "200"]


def test_a_create_whose_answer_is_lost_twice(company, sync):
    company.settings(certify_duplicate_emails="accept")
    load_people(company, 1)
    for kind in ("drop_before", "drop_after_commit"):
        company.fault(side="certify", match="PUT users", kind=kind, times=1)
        sync(judged=False)
    sync(judged=False)
    assert in_order(users(company)) == ["E1"]
