"""Data Docs: a page of Great Expectations' own for what was judged of a stream, made of verdicts.

It holds counts, reasons and the keys of the first rows that failed, and no value of any row: whoever may see a load may see these.
The library escapes nothing and has its pages load and run what a dozen hosts serve; here every text is escaped before, and all that
runs or loads is taken out.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import great_expectations as gx
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
    ExpectationValidationResult,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from lxml import etree

from certify_intacct.model.verdicts import Verdict
from certify_intacct.quality.gx import silent

#: So many of the rows that failed are named.
KEYS = 20
_RUNS_OR_LOADS = (
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "form",
    "button",
    "input",
    "base",
    "meta",
    "style",
)
_STYLE = (
    "body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem; } table { border-collapse: collapse; } "
    "th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #dde3ea; } "
    "ul { list-style: none; }"
)


def data_docs(load_id: int, stream: str, verdicts: Sequence[Verdict], columns: Mapping[str, str]) -> str:
    """The page of a stream.

    :param verdicts: of this stream
    :param columns: by rule the column that it judges, under which it is shown; rules of none are about the table
    """
    with silent():
        results = [_result(verdict, columns.get(verdict.rule, "")) for verdict in verdicts]
        passed = sum(not verdict.failed_keys for verdict in verdicts)
        judged = ExpectationSuiteValidationResult(
            success=passed == len(results),
            results=results,
            suite_name=stream,
            statistics={
                "evaluated_expectations": len(results),
                "successful_expectations": passed,
                "unsuccessful_expectations": len(results) - passed,
                "success_percent": 100 * passed / len(results) if results else 100,
            },
            meta={
                "great_expectations_version": gx.__version__,
                "run_id": {"run_name": f"load {load_id}", "run_time": datetime.now(tz=UTC).isoformat()},
            },
        )
        document = ValidationResultsPageRenderer().render(judged)
        return _still(DefaultJinjaPageView().render(document))  # type: ignore[no-untyped-call]


def _result(verdict: Verdict, column: str) -> ExpectationValidationResult:
    failed = len(verdict.failed_keys)
    words = f"{verdict.rule} ({verdict.severity}): {verdict.reason} {verdict.cure}" if failed else verdict.rule
    result: dict[str, Any] = {"element_count": verdict.checked, "missing_count": 0, "missing_percent": 0.0}
    if "*" not in verdict.failed_keys:
        result |= {
            "unexpected_count": failed,
            "unexpected_percent": 100 * failed / verdict.checked if verdict.checked else 0.0,
            "partial_unexpected_list": [html.escape(key) for key in verdict.failed_keys[:KEYS]],
        }
    return ExpectationValidationResult(
        success=not failed,
        expectation_config=ExpectationConfiguration(
            type="expect_column_values_to_not_be_null" if column else "expect_table_row_count_to_be_between",
            kwargs={"column": column} if column else {},
            # A dollar sign begins a name in the library's templates.
            description=html.escape(words).replace("$", "&#36;"),
            meta={},
        ),
        result=result,
        meta={},
        exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
    )


def _still(page: str) -> str:
    """A page on which nothing runs, and which loads nothing and leads nowhere."""
    root = etree.fromstring(page, etree.HTMLParser(huge_tree=True))
    etree.strip_elements(root, *_RUNS_OR_LOADS, etree.Comment, with_tail=False)
    for element in root.iter():
        for name in [str(name) for name in element.attrib]:
            leads = name == "href" and not element.get(name, "").startswith("#")
            if leads or name.startswith("on") or name in ("src", "srcset", "action", "style"):
                del element.attrib[name]
    etree.SubElement(root, "style").text = _STYLE
    return etree.tostring(root, encoding="unicode", method="html", doctype="<!doctype html>")
