"""connector.yaml: what is shipped loads, and whatever is wrong is named with its line and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from certify_intacct.model.configuration import Configuration, load
from certify_intacct.model.errors import ConfigurationError

SHIPPED = Path(__file__).parents[2] / "include" / "connector.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "connector.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    return str(caught.value)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def test_the_shipped_file_loads_and_is_frozen():
    configuration = load(SHIPPED)
    assert configuration.company.zone.key == configuration.company.time_zone
    with pytest.raises(ValidationError):
        configuration.company.certify_company = "other"


def test_every_key_of_the_shipped_file_is_explained():
    """A key has a comment above it, on it, or belongs to a section whose comment covers it."""
    unexplained = []
    commented_sections: dict[int, bool] = {}
    previous_is_comment = False
    for number, line in enumerate(TEXT.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            previous_is_comment = stripped.startswith("#")
            continue
        indent = len(line) - len(line.lstrip())
        covered = any(known for depth, known in commented_sections.items() if depth < indent)
        if not (previous_is_comment or "#" in line or covered or indent == 0):
            unexplained.append(f"{number}: {stripped}")
        commented_sections = {depth: known for depth, known in commented_sections.items() if depth < indent}
        commented_sections[indent] = previous_is_comment
        previous_is_comment = False
    assert unexplained == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("time_zone: Europe/Berlin", "time_zone: Mars/Olympus", ["company.time_zone", "Mars/Olympus"]),
        (
            "    target: none",
            "    target: hold  # not yet",
            ["posting.invoices.target", "needs `since: YYYY-MM-DD`"],
        ),
        (
            "    target: none",
            "    target: ap_bill  # a word of employee_paid",
            ["posting.invoices.target", "'ap_bill'", "'none', 'hold' or 'supplier_bill'"],
        ),
        (
            "    vendor: vendor_code",
            "    vendor: VendorCode",
            ["posting.invoices.vendor", "'vendor_code' or 'vendor_id'"],
        ),
        ("    vendors: {}", '    vendors: {A: " 20001"}', ["posting.invoices.vendors.A", "blank at its start"]),
        (
            "    date: invoice_date",
            "    date: charge_date  # of no invoice",
            ["posting.invoices.date", "'invoice_date', 'processed_date' or 'run_date'"],
        ),
        (
            '    invoice_memo: "{category}[: {reason}]"',
            '    invoice_memo: "{order}"',
            ["posting.texts.invoice_memo", "there is no field {order}", "po_number"],
        ),
        (
            '    invoice_description: "{approval_code} ',
            '    invoice_description: "',
            ["posting.texts.invoice_description", "begins with {approval_code}"],
        ),
        (
            "    target: ap_bill",
            "    target: apbill",
            ["posting.employee_paid.target", "'apbill'", "'expense_report', 'gl_journal' or 'hold'"],
        ),
        (
            "  posting_entity: top_level",
            "  posting_entitty: top_level",
            ["posting.posting_entitty", "not known", "posting_entity"],
        ),
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {approval_limit: LIMIT}",
            [
                "people.sources.0.fields.approval_limit",
                "nothing that Certify's API has of a user",
                "employee_gld/5, currency, language",
            ],
        ),
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {employee_gld/1: CLASSID}",
            ["people.sources.0.fields.employee_gld/1", "the entity stands there"],
        ),
        (
            "      supervisor_field: SUPERVISORID",
            "      fields: {currency: {feild: CURRENCY}}",
            ["people.sources.0.fields.currency.feild", "Allowed: default, field, map"],
        ),
        ('  vendors: "off"', "  vendors: make", ["people.vendors", "'make'", "'off' or 'list'"]),
        (
            "    second: none",
            "    second: boss",
            ["people.approvers.second", "'supervisors_supervisor', 'department_supervisor'"],
        ),
        ("      days: 14", "      dayz: 14", ["posting.employee_paid.due.dayz", "Allowed: days, rule, term"]),
        ("    certify: employee_gld/1", "    certify: employee_gld/6", ["dimensions.entity.certify", "report_gld/5"]),
        ("    posted: nothing", "    posted: until", ["company.previous_connector", "until"]),
        ("  first_post_date: 2024-01-01", "  first_post_date: soon", ["company.first_post_date", "'soon'"]),
        ("  certify_company: sandbox", "  certify_company:", ["company.certify_company", "missing"]),
        (
            "    company_paid: hold",
            "    company_paid: debit_memo",
            ["posting.credits.company_paid", "'debit_memo'", "'negative' or 'adjustment'"],
        ),
        (
            "        card_id: CORP-VISA",
            "        cardid: CORP-VISA",
            ["posting.company_paid.cards.0", "Allowed: card_id, last, payment_card, statement_day, vendor_id"],
        ),
        ("  intacct_company_id: SANDBOX", "  certify_company: again", ["certify_company", "twice"]),
        (
            "    date: processed_date",
            "    date: charge_date",
            ["posting.employee_paid.date", "'submitted_date', 'report_end_date'", "'run_date'"],
        ),
        (
            "    date: charge_date",
            "    date: charge_day",
            [
                "posting.company_paid.date: 'charge_day'",
                "'submitted_date', ",
                "'run_date', 'charge_date' or 'statement_date'",
            ],
        ),
        (
            '    description: "{approval_code} {report_name} {employee_name}"',
            '    description: "{report_name} {approval_code}"',
            ["posting.texts.description", "begins with {approval_code}"],
        ),
        (
            '    memo: "{expense_date} {category} {merchant}[: {reason}]"',
            '    memo: "{expense_date} {vendor}"',
            ["posting.texts.memo", "there is no field {vendor}; there are amount, approval_code, billable"],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {ap_bil: {}}",
            [
                "posting.custom_fields.ap_bil",
                "Allowed: ap_adjustment, ap_bill, card_vendor_bill, credit_card_transaction",
            ],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {expense_adjustment: {header: {TRIP: x}}}",
            ["posting.custom_fields.expense_adjustment.header", "on the lines of this kind alone: move them to `line`"],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {ap_bill: {header: {trip: x}}}",
            ["posting.custom_fields.ap_bill.header", "'trip' is no integration name of a field"],
        ),
        (
            "  custom_fields: {}",
            '  custom_fields: {ap_bill: {header: {TRIP: "{merchant}"}}}',
            ["posting.custom_fields.ap_bill.header.TRIP", "there is no field {merchant}; there are approval_code"],
        ),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    message = refused(tmp_path, text)
    for part in said:
        assert part in message
    place = "previous_connector:" if "previous_connector" in said[0] else new.strip()
    if "missing" not in message:
        assert f"line {line_of(text, place)}" in message


@pytest.mark.parametrize(
    "amount",
    ["1e400", "1e5", "1_000", "０", "-1", "NaN", "Infinity", "1" + "0" * 15, "0x10", ".5", "5.", "0." + "1" * 13],
)
def test_a_limit_is_an_amount_that_a_person_can_read(tmp_path, amount):
    """One that no document reaches is no limit; 1e400 is accepted nowhere else either."""
    text = TEXT.replace("document_amount:", f'document_amount: "{amount}"  #', 1)
    assert text != TEXT
    said = refused(tmp_path, text)
    assert "posting.limits.document_amount" in said
    assert "an amount of 0 or more, written out" in said
    by_currency = TEXT.replace("document_amount:", f'document_amount: {{USD: "{amount}"}}  #', 1)
    assert "an amount of 0 or more, written out" in refused(tmp_path, by_currency)


_AN_AMOUNT = "it must be an amount of 0 or more, written out and with a point, such as 50000 or 2000.50"


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("document_amount", '"1e5"', [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", "[1]", [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", "true", [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", '{USD: "1e5"}', [f"document_amount.USD: {_AN_AMOUNT}"]),
        ("document_amount", "{USD: {a: 1}}", [f"document_amount.USD: {_AN_AMOUNT}"]),
        (
            "document_amount", '{USD: 5, EUR: "x", CHF: []}',
            [f"document_amount.EUR: {_AN_AMOUNT}", f"document_amount.CHF: {_AN_AMOUNT}"],
        ),
        ("document_amount", "{usd: 5}", ["document_amount.usd: 'usd' is wrong: string should match pattern '^[A-Z]{3}$'"]),
        ("day_amount", "much", [f"day_amount: {_AN_AMOUNT}"]),
    ],
)  # fmt: skip
def test_what_may_be_written_in_two_ways_is_told_once_and_by_its_own_path(tmp_path, key, written, said):
    text, count = re.subn(rf"\n    {key}:", f"\n    {key}: {written}  #", TEXT, count=1)
    assert count
    path = tmp_path / "connector.yaml"
    message = refused(tmp_path, text).removesuffix(" Correct the file; nothing was started.")
    line = line_of(text, f"{key}: {written}")
    assert message.splitlines() == [f"{path}, line {line}, posting.limits.{one}." for one in said]


def test_of_a_share_and_of_shares_by_tax_alike(tmp_path):
    for written, said in (
        ("much", "'much' is wrong: input should be a valid decimal."),
        ("{VAT: 101}", ".VAT: '101' is wrong: input should be less than or equal to 100."),
        ("{GST: 1}", ".GST: 'GST' is not known. Allowed: 'VAT', 'HST' or 'PST'."),
    ):
        text, count = re.subn(r"\n( +)# reclaim:", rf"\n\1reclaim: {written}  #", TEXT, count=1)
        assert count
        message = refused(tmp_path, text)
        assert said in message
        assert len(message.splitlines()) == 1
        assert "dict[" not in message


def test_every_number_has_a_largest_one():
    """One that is too large for a date, a duration or an index would end a run in its middle, with no word about this file."""
    unbounded = []

    def look(place: str, node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") in ("integer", "number") and not {"maximum", "exclusiveMaximum"} & node.keys():
                unbounded.append(place)
            for name, inner in node.items():
                look(f"{place}.{name}", inner)
        elif isinstance(node, list):
            for inner in node:
                look(place, inner)

    for name, section in Configuration.model_json_schema()["$defs"].items():
        look(name, section)
    assert unbounded == []


def test_whoever_hands_in_a_file_writes_no_lines_of_a_log(tmp_path):
    """Its text comes with a run of expense_whatif from whoever may trigger one, and what is wrong with it goes into the log."""
    strange = "\\e[31m\\nERROR all is well\\u202e" + "z" * 5000
    for text in (
        TEXT.replace("posting:\n", f'posting:\n  "{strange}": 1\n', 1),
        TEXT + f'\n"{strange}": 1\n',
        re.sub(r"\n  hold: \S+", "", TEXT).replace("posting:\n", f'posting:\n  hold: "{strange}"\n', 1),
        re.sub(r"\n  open_days: \S+", "", TEXT).replace("posting:\n", f'posting:\n  open_days: "{strange}"\n', 1),
    ):
        said = refused(tmp_path, text)
        assert all(line.isprintable() for line in said.split("\n"))
        assert "\nERROR" not in said
        assert len(said) < 3000


def test_every_fault_is_named_at_once(tmp_path):
    text = TEXT.replace("time_zone: Europe/Berlin", "time_zone: X").replace("certify: employee_gld/1", "certify: gld/1")
    assert refused(tmp_path, text).count("line ") == 2


@pytest.mark.parametrize("text", ["", "- a", "a: [", "company: {}", "\x00"])
def test_no_configuration_at_all(tmp_path, text):
    assert "connector.yaml" in refused(tmp_path, text)


FURTHER = "  # Further ones by their names"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "  klass: {certify: report_gld/2}",
            ["dimensions.klass", "not known", "Allowed: ", "class, contract, cost_type, customer, department"],
        ),
        ("  project: {certify: report_gld/7}", ["dimensions.project.certify", "report_gld/1 to report_gld/5"]),
        ("  project: {certify: department}", ["dimensions.project.certify", "only in: employee_gld or report_gld"]),
        ("  project: {certify: employee_gld/1}", ["dimensions.project.certify", "holds the entity already"]),
        ("  task: {certify: report_gld/1}", ["dimensions.task.certify", "needs its project"]),
        ("  vendor: {certify: report_gld/1}", ["dimensions.vendor", "not known"]),
    ],
)
def test_a_dimension_stands_where_it_can_and_alone(tmp_path, written, said):
    text = TEXT.replace(FURTHER, f"{written}\n{FURTHER}")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, written)}" in message
    assert all(part in message for part in said), message


def test_every_line_has_an_entity(tmp_path):
    text = TEXT.replace("    certify: employee_gld/1", "    certify: employee_gld/1\n    required: false")
    said = refused(tmp_path, text)
    assert "every line needs an entity" in said
    assert f"line {line_of(text, '    required: false')}, dimensions.entity.required" in said


def test_a_company_without_entities_may_have_lines_without_a_location_and_works_in_no_entity(tmp_path):
    none = TEXT.replace("  entities: found", "  entities: none")
    assert none != TEXT
    path = tmp_path / "without.yaml"
    path.write_text(
        none.replace("    certify: employee_gld/1", "    certify: employee_gld/1\n    required: false"),
        encoding="utf-8",
    )
    assert not load(path).dimensions.entities.required
    for old, new in (
        ("posting_entity: top_level", "posting_entity: entity"),
        ('intacct_entity: ""', "intacct_entity: US"),
    ):
        assert "take one out" in refused(tmp_path, none.replace(old, new))


def test_lines_of_several_entities_share_documents_at_top_level_alone(tmp_path):
    shared = TEXT.replace("  several_entities: one_document_each", "  several_entities: one_document")
    path = tmp_path / "shared.yaml"
    path.write_text(shared, encoding="utf-8")
    assert load(path).posting.several_entities == "one_document"
    for old, new in (
        ("posting_entity: top_level", "posting_entity: entity"),
        ('intacct_entity: ""', "intacct_entity: US"),
    ):
        assert "take one out" in refused(tmp_path, shared.replace(old, new))
    message = refused(tmp_path, shared.replace("several_entities: one_document", "several_entities: together"))
    assert "Allowed: 'one_document_each' or 'one_document'" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("entities: {source: report_gld, number: 3}", "dimensions: {entity: {certify: report_gld/3}}"),
        ("entities: {number: 2, map: {A: B}}", "dimensions: {entity: {certify: employee_gld/2, map: {…}}}"),
        ("departments: {required: false}", "dimensions: {department: {required: false}}"),
        ("dimensions: [{field: CLASSID, report_gld: 4}]", "dimensions: {class: {certify: report_gld/4, sync: false}}"),
        (
            "dimensions: [{field: PROJECTID, report_gld: 1, required: true}, {field: ITEMID, report_gld: 2}]",
            "dimensions: {project: {certify: report_gld/1, sync: false, required: true}, "
            "item: {certify: report_gld/2, sync: false}}",
        ),
    ],
)
def test_what_an_older_file_says_in_posting_is_told_in_todays_words(tmp_path, old, new):
    text = TEXT.replace("  # The account of a line.", f"  {old}\n  # The account of a line.")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, old)}, posting.{old.partition(':')[0]}: " in message
    assert new in message


def test_the_examples_of_the_shipped_file_are_accepted(tmp_path):
    """What stands there as a comment, taken out of it."""
    lines = [line.strip().removeprefix("#").strip() for line in TEXT.splitlines() if "required: false}" in line]
    assert len(lines) == 3
    path = tmp_path / "connector.yaml"
    path.write_text(
        TEXT.replace(FURTHER, "\n".join(f"  {line}" for line in [*lines, FURTHER.strip()])), encoding="utf-8"
    )
    used = load(path).dimensions.used
    assert [one.dimension.name for one in used] == ["department", "entity", "class", "project", "user_defined_1"]
    assert (used[-1].dimension.object, used[-1].dimension.line, used[-1].dimension.noun) == (
        "udd_test",
        "GLDIMUDD_TEST",
        "campaign",
    )


def test_a_dimension_of_the_company_s_own_needs_an_object_of_its_own(tmp_path):
    def written(*rows):
        own = [
            f"  user_defined_{number}: {{certify: report_gld/{number}{row}}}"
            for number, row in enumerate(rows, start=1)
        ]
        return TEXT.replace(FURTHER, "\n".join([*own, FURTHER]))

    assert "dimensions.user_defined_1.object: this key is missing" in refused(tmp_path, written(""))
    assert "integration name of an object" in refused(tmp_path, written(", object: my campaigns"))
    twice = refused(tmp_path, written(", object: udd_test", ", object: UDD_TEST"))
    assert "dimensions.user_defined_2.object: UDD_TEST is the object of user_defined_1 already" in twice


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("a: &a [*a]", "aliases make it nested more than 50 levels deep"),
        ("a: &a {b: *a}", "aliases make it nested more than 50 levels deep"),
        (f"a: {'[' * 200_000}{']' * 200_000}", "nested more than 50 levels deep"),
        ("\n".join(f"{' ' * depth}a:" for depth in range(300)), "nested more than 50 levels deep"),
        (
            "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]),
            "more than 200000 values",
        ),
    ],
    ids=["itself", "itself, by key", "a deep list", "deep blocks", "a billion values"],
)  # fmt: skip
def test_a_text_that_would_take_all_memory_or_the_process_is_refused_with_its_line(tmp_path, bomb, said):
    message = refused(tmp_path, bomb)
    assert said in message
    assert re.search(r"connector.yaml, line \d+", message)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ConfigurationError, match="CONNECTOR_CONFIG"):
        load(tmp_path / "nowhere.yaml")


def test_codes_are_taken_as_written(tmp_path):
    path = tmp_path / "connector.yaml"
    old = "    certify: employee_gld/1\n    sync: true\n    map: {}"
    assert old in TEXT
    path.write_text(TEXT.replace(old, "    map: {0100: 007, no: 1e3}"))
    assert dict(load(path).dimensions.entities.map) == {"0100": "007", "no": "1e3"}


def test_the_hash_follows_the_meaning_and_nothing_else(tmp_path):
    plain = load(SHIPPED).hash
    path = tmp_path / "connector.yaml"
    path.write_text("# a comment\n" + TEXT.replace("documents_per_run: 50000", ""))
    assert load(path).hash == plain
    path.write_text(TEXT.replace("days: 14", "days: 15"))
    assert load(path).hash != plain


CARDS = """    cards:
      - payment_card: Corporate Visa
        card_id: CORP-VISA
"""
BILLED = "        vendor_id: V-1\n        statement_day: 12\n"


@pytest.mark.parametrize(
    ("target", "date", "card", "place", "said"),
    [
        (
            "card_vendor_bill",
            "charge_date",
            "",
            "- payment_card: Corporate Visa",
            "give `card_id`, its card account, or `vendor_id`",
        ),
        (
            "gl_journal",
            "charge_date",
            "        card_id: X\n        statement_day: 3\n",
            "- payment_card: Corporate Visa",
            "give `vendor_id`",
        ),
        ("credit_card_transaction", "charge_date", BILLED, "- payment_card: Corporate Visa", "needs its `card_id`"),
        (
            "credit_card_transaction",
            "statement_date",
            f"        card_id: X\n{BILLED}",
            "date: statement_date",
            "has no statement",
        ),
        (
            "card_vendor_bill",
            "charge_date",
            "        vendor_id: V-1\n        statement_day: 32\n",
            "statement_day: 32",
            "31",
        ),
        (
            "card_vendor_bill",
            "charge_date",
            "        vendor_id: V-1\n        statement_day: 0\n",
            "statement_day: 0",
            "1",
        ),
        ("card_vendor_bill", "charge_date", "        vendor_id: ' V-1'\n", "vendor_id: ' V-1'", "blank at its start"),
    ],
)
def test_a_card_and_its_target_fit_or_their_line_is_named(tmp_path, target, date, card, place, said):
    assert CARDS in TEXT
    text = TEXT.replace(CARDS, CARDS.replace("        card_id: CORP-VISA\n", card))
    text = text.replace("    target: credit_card_transaction", f"    target: {target}")
    text = text.replace("    date: charge_date", f"    date: {date}")
    text = text.replace("    journal:\n", "    journal: {symbol: EXP, offset_account: '1'}\n")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, place)}, posting.company_paid." in message
    assert said in message


@pytest.mark.parametrize("target", ["card_vendor_bill", "hold", "none", "gl_journal"])
def test_a_card_that_a_vendor_bills_needs_no_card_account_where_none_is_posted_to(tmp_path, target):
    text = TEXT.replace(CARDS, CARDS.replace("        card_id: CORP-VISA\n", BILLED))
    text = text.replace("    target: credit_card_transaction", f"    target: {target}")
    text = text.replace("    journal:\n", "    journal: {symbol: EXP, offset_account: '1'}\n")
    path = tmp_path / "connector.yaml"
    path.write_text(text)
    (card, _) = load(path).posting.company_paid.cards
    assert (card.card_id, card.vendor_id, card.statement_day, card.account) == ("", "V-1", 12, "vendor V-1")


def test_a_card_that_says_nothing_new_is_written_down_as_it_always_was():
    """Else the first run of this version would tell of cards that were taken out and put in, and a second person be asked why."""
    (visa, _) = load(SHIPPED).model_dump(mode="json")["posting"]["company_paid"]["cards"]
    assert visa == {"payment_card": "Corporate Visa", "last": "", "card_id": "CORP-VISA"}


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
