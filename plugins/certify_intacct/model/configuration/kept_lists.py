"""What of a dimension's values stands in its list in Certify, and how: keys of each dimension in connector.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from certify_intacct.model import templates
from certify_intacct.model.configuration.section import Count, Section
from certify_intacct.model.dimensions import Dimension

#: What stands between joined codes as shipped.
SEPARATOR = "|"
_LONGEST_SEPARATOR = 3


def _template(text: str) -> str:
    if not templates.fields_of(text):
        raise ValueError("it names no field such as {name} or {code}, so that all values would be called the same")
    return text


def _separator(text: str) -> str:
    if not 1 <= len(text) <= _LONGEST_SEPARATOR or any(map(str.isalnum, text)) or text != text.strip():
        raise ValueError(
            f"it is 1 to {_LONGEST_SEPARATOR} signs that are no letters and no digits, without a blank at start or end"
        )
    return text


#: How a row of a list is called.
NameTemplate = Annotated[str, AfterValidator(_template)]


class Condition(Section):
    """What a field of a value must hold: one of ``words``, or a text that begins with one of ``begins``. Compared exactly.

    connector.yaml has a word, a list of words, or ``{begins: …}``.
    """

    words: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if isinstance(value, str | list):
            return {"words": [value] if isinstance(value, str) else value}
        if isinstance(value, dict) and isinstance(value.get("begins"), str):
            return {**value, "begins": [value["begins"]]}
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not (self.words or self.begins) or "" in self.begins:
            raise ValueError("it says nothing: write a word, a list of words, or {begins: TEXT}")
        return self

    def met(self, text: str) -> bool:
        """Whether the field may hold that text."""
        return text in self.words or text.startswith(self.begins)


class KeptList(Section):
    """How the list of a dimension is kept in Certify, where it is.

    :param name: the template of a row's name: ``{name}``, ``{code}``, those of the dimension above (``{project.name}``), or fields of
        the object by their own names (``{PARENTNAME}``)
    :param filter: by field what a value must hold to be offered; what it leaves out may stand on expenses all the same
    :param name_length: so many characters of a name Certify holds; longer ones are shortened. 0: nobody knows
    :param code_length: so many characters of a code it holds; a value with a longer one waits. 0: nobody knows
    :param same_names: whether rows of one name, which people cannot tell apart, are told in each plan, or may be
    :param guard_share: the largest share of the list's active rows that a run may deactivate
    :param guard_floor: as many are allowed in any case
    """

    name: NameTemplate = "{name}"
    filter: Mapping[str, Condition] = {}
    name_length: Count = 0
    code_length: Count = 0
    same_names: Literal["tell", "accept"] = "tell"
    guard_share: Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False)] = Decimal("0.2")
    guard_floor: Count = 5

    @property
    def words(self) -> frozenset[str]:
        """What template and filter name of a value."""
        return templates.fields_of(self.name) | self.filter.keys()


class Joining(Section):
    """Of a dimension whose codes mean something only within another's.

    :param separator: what stands between the codes in Certify's list
    """

    separator: Annotated[str, AfterValidator(_separator)] = SEPARATOR


def default_name(row: Dimension) -> str:
    """The template as shipped: what lies within another is called after that too, for each project may have its *Design*."""
    return ": ".join(f"{{{name}}}" for name in (*(f"{above.name}.name" for above in row.within), "name"))


def unknown_words(row: Dimension, settings: KeptList) -> Iterator[tuple[str, str, str]]:
    """Key, word and why, of each word that can be no field of the object."""
    for key, words in (("name", templates.fields_of(settings.name)), ("filter", settings.filter)):
        for word in sorted(words):
            if word not in row.words and not _may_be_a_field(row, word):
                known = ", ".join(f"{{{one}}}" if key == "name" else one for one in row.words)
                shown = f"{{{word}}}" if key == "name" else word
                yield (
                    key,
                    word,
                    f"there is no {shown} of a {row.noun}; there are {known}, and the object's fields by their own names, in capitals",
                )


def _may_be_a_field(row: Dimension, word: str) -> bool:
    """Names of fields are in capitals; those of objects that a company made are spelt as it likes. `preflight` compares them."""
    letters = word.replace("_", "")
    return letters.isascii() and letters.isalnum() and (row.own or word == word.upper()) and not word[:1].isdigit()
