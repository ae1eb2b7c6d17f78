"""What tells nothing of anybody, and so may be kept: an allow-list. What is not in it is replaced.

Fields by name, with the form that their values must have; and words, of which the texts of errors and labels consist. The name of a
field that a company made itself is its own, and replaced as well (:meth:`include.recording.redaction.Redaction.own`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

#: Enumerations whose words no company chooses: a value is kept that consists of words (:func:`is_word`).
WORDS = "words"
#: Texts for people: their words are kept, whatever else stands among them is replaced.
PROSE = "prose"
#: A number of an error, or a text in its place.
CODE = "code"

_NUMBER = r"[0-9]{1,9}"
_FIELD = r"[A-Za-z][A-Za-z0-9_.#]{0,79}"
_CURRENCY = r"[A-Z]{3}"
_CODE = r"[A-Z]{2,6}-?[0-9]{3,10}|[A-Z]{2,8}_[A-Z]{2,6}[0-9]{2,6}"
_FLAG = r"(?i:true|false|yes|no|[TFYN01])"


def _named(form: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.lower().split(), form)


#: By the name of an element, attribute or JSON field, in lower case: the form of a value that is kept wherever it stands.
FORMS: dict[str, str] = {
    **_named(r"[A-Za-z0-9 _-]{1,60}", "controlid function"),
    **_named(CODE, "errorno"),
    **_named(PROSE, "errorvalue errormessage message description2 correction"),
    **_named(
        WORDS,
        "status state recordtype accessmode role lastaction billtype duefrom mileageunits distanceunits workflowaction",
    ),
    **_named(_CURRENCY, "currency basecurrency basecurr convertedcurrency submittedcurrency org_currency trx_currency"),
    **_named(r"[1-5]", "empgldindex exprptgldindex"),
    **_named(r"[A-Z]{3,8}", "defaultbook"),
    **_named(r"[a-z]{2}[-_][A-Z]{2}", "locale culture"),
    **_named(r"[+-][0-9]{2}:[0-9]{2}", "gmtoffset"),
    **_named(r"12|24", "clock"),
    **_named(r"[/.mdyYMD-]{2,12}", "dateformat"),
}
#: Likewise, where a service speaks of itself: envelopes, pages, errors, and what it calls its own objects, fields and rights.
FORMS_OF_THE_SERVICE: dict[str, str] = {
    **_named(
        _NUMBER,
        "page pagecount records recordcount count total totalcount offset numremaining start end maxlength errorcode",
    ),
    **_named(r"[0-9.]{1,9}", "dtdversion"),
    **_named(
        _FIELD,
        "id name objectpath objectname relatedby object listtype typename datatype externaldataname dataname preference",
    ),
    **_named(_FIELD, "dimension documenttype application"),
    **_named(
        PROSE,
        "label displaylabel description singularname pluralname groupname validvalue applicationname policyname rights type",
    ),
    **_named(PROSE, "objectlabel termlabel"),
    **_named(WORDS, "relationshiptype"),
    **_named(rf"{_FLAG}|[0-9]{{1,2}}|automatic|user|{_CURRENCY}", "prefvalue"),
}
#: Never kept, in no form.
NEVER = frozenset({"sessionid", "senderid", "password", "x-api-key", "x-api-secret"})


@cache
def words() -> frozenset[str]:
    """The words that the documentation and the source of this project use, without names of people."""
    return frozenset(Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split())


def is_word(text: str) -> bool:
    """Whether a text without blanks is a word that anybody might use."""
    return text.casefold() in words()


def form_of(name: str, *, of_the_service: bool) -> str:
    """The form of those values of a field that are kept; empty when none is.

    :param of_the_service: it stands where a service speaks of itself, not in a record of the company
    """
    key = name.lower()
    return (FORMS_OF_THE_SERVICE.get(key, "") if of_the_service else "") or FORMS.get(key, "")


def is_kept(text: str, form: str) -> bool:
    """Whether a value has the form; prose has none."""
    if form == PROSE:
        return False
    if form == WORDS:
        return len(text) <= 60 and all(is_word(word) for word in re.findall(r"[^\W_]+", text))
    return re.fullmatch(_CODE if form == CODE else form, text) is not None
