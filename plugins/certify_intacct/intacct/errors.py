"""What Intacct's errors mean: from the errors of an answer to a kind of error that says what happened, where and what to do.

The shapes of text that are known are one table, ``error_catalog.py``. The first row that fits decides; the errors are looked at in the
order received, most specific first (Intacct XML gateway reference, Error catalogue).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.error_catalog import CATALOG, RefusalShape
from certify_intacct.model import errors as model

_SUPPORT_ID = re.compile(r"\s*\[Support ID:\s*([^\]]*)\]\s*")
# In which quotes a value may stand.
_QUOTES = "'\"\u2018\u2019"


class SessionEnded(model.ServiceUnavailable):
    """The session is no longer valid; nothing was executed. Signing in again is the cure, and the session module's business."""


# What a refusal means at control or authentication level: everything below it was not executed.
_REQUEST_KINDS: dict[str, type[model.ConnectorError]] = {
    reasons.SESSION: SessionEnded,
    reasons.CREDENTIALS: model.CredentialsRefused,
    reasons.COMPANY: model.CredentialsRefused,
    reasons.RATE_LIMIT: model.RateLimited,
    reasons.TRANSIENT: model.ServiceUnavailable,
    reasons.PERMISSION: model.PermissionDenied,
}

# The same for one function, whose session stands.
_FUNCTION_KINDS: dict[str, type[model.ConnectorError]] = {
    reason: _REQUEST_KINDS[reason] for reason in (reasons.PERMISSION, reasons.RATE_LIMIT, reasons.TRANSIENT)
}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A refusal in plain words.

    :param reason: one of those of the catalog
    :param sentence: what it means, in our words
    :param text: the vendor's own words for the deciding error, with Support ID
    :param cure: what the reader can do
    :param field: what of a document or a question it is about, as people call it
    :param word: what the company calls the dimension or field in question, as Intacct's text says it
    :param value: the value that is not taken, without its quotes
    :param account: the account whose line it is about
    """

    reason: str
    sentence: str
    text: str
    cure: str
    field: str = ""
    word: str = ""
    value: str = ""
    account: str = ""

    @property
    def said(self) -> str:
        """Intacct's own words, as a sentence."""
        return f"Intacct says: {_closed(self.text)}"

    @property
    def message(self) -> str:
        """What it means, and what Intacct said."""
        return f"{self.sentence} {self.said}"

    def __str__(self) -> str:
        return f"{self.message} {self.cure}"


def clean(errorno: str, description: str, description2: str, correction: str) -> model.IntacctError:
    """Make an error from the texts received: character references resolved, Support ID set apart and decoded."""
    support_id = ""
    texts = []
    for text in (description, description2, correction):
        found = _SUPPORT_ID.search(text)
        if found:
            support_id = support_id or unquote(found.group(1)).strip()
            text = _SUPPORT_ID.sub(" ", text)
        texts.append(html.unescape(text).strip())
    return model.IntacctError(errorno.strip(), texts[0], texts[1], texts[2], support_id)


def explain(errors: Sequence[model.IntacctError]) -> Explanation:
    """Find out what a list of errors means. The first error that the catalog knows decides; generic wrappers follow it."""
    # A failed function of a transaction carries its own error and the note of the rollback: the note explains nothing then.
    own = [error for error in errors if error.errorno != "XL03000009"]
    for error in own or errors:
        for shape in CATALOG:
            found = _found(shape, error)
            if found is not None:
                return _explained(shape, found, str(error))
    if not errors:
        return Explanation(
            reason=reasons.OTHER,
            sentence="Intacct refused it.",
            text="no reason",
            cure="Look at the record in Intacct.",
        )
    return Explanation(
        reason=reasons.OTHER, sentence="Intacct refused it, for a reason that is not known here.", text=str(errors[0]),
        cure="Look at the record in Intacct, or ask Sage with the Support ID.",
    )  # fmt: skip


def failed(errors: Sequence[model.IntacctError], *, where: str) -> model.ConnectorError:
    """Make the error for one function that failed: PermissionDenied, a passing kind, or FunctionFailed with its reason."""
    meaning = explain(errors)
    kind = _FUNCTION_KINDS.get(meaning.reason)
    if kind is not None:
        return kind(meaning.message, where=where, cure=meaning.cure)
    message = _with_the_others(meaning, errors)
    return model.FunctionFailed(message, errors=errors, reason=meaning.reason, where=where, cure=meaning.cure)


def refused(errors: Sequence[model.IntacctError], *, where: str) -> model.ConnectorError:
    """Make the error for a request that was refused as a whole, at control or authentication level: nothing was executed."""
    meaning = explain(errors)
    kind = _REQUEST_KINDS.get(meaning.reason)
    if kind is not None:
        return kind(meaning.message, where=where, cure=meaning.cure)
    return model.RequestRefused(_with_the_others(meaning, errors), where=where, cure=meaning.cure, errors=errors)


def _with_the_others(meaning: Explanation, errors: Sequence[model.IntacctError]) -> str:
    others = [str(error) for error in errors if str(error) != meaning.text]
    return meaning.message + (f" (also: {'; '.join(others)})" if others else "")


def _explained(shape: RefusalShape, found: Mapping[str, str], text: str) -> Explanation:
    word, value, account = found.get("word", ""), found.get("value", ""), found.get("account", "")
    sentence = shape.sentence.format(word=word or "value", value=_quoted(value), account=_quoted(account))
    return Explanation(
        reason=shape.reason, sentence=sentence, text=text, cure=shape.cure, field=shape.field, word=word, value=value,
        account=account,
    )  # fmt: skip


def _found(shape: RefusalShape, error: model.IntacctError) -> Mapping[str, str] | None:
    """What the shape's groups found in an error, by their names without number; None where the error has another shape."""
    numbered = shape.number is None or re.fullmatch(shape.number, error.errorno, re.IGNORECASE) is not None
    if numbered and (shape.either or shape.words is None):
        return {}
    if shape.words is None or not (numbered or shape.either):
        return None
    # Typographic apostrophes occur beside straight ones.
    texts = " ".join(part for part in (error.description, error.description2, error.correction) if part).replace(
        "\u2019", "'"
    )
    match = re.search(shape.words, texts, re.IGNORECASE | re.DOTALL)
    if match is None:
        return None
    return {name.rstrip("0123456789"): text.strip().strip(_QUOTES) for name, text in match.groupdict().items() if text}


def _quoted(text: str) -> str:
    return f" '{text}'" if text else ""


def _closed(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
