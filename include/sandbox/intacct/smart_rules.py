"""Smart Rules: a company's own conditions, under which it does not take a record (setting `smart_rules`).

Customization Services > Smart Rules: what is looked at is the record as it would be kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from include.sandbox.intacct import problems
from include.sandbox.intacct.catalog import ObjectType
from include.sandbox.intacct.records import Record
from include.sandbox.intacct.values import like
from include.sandbox.settings import Settings


def check(settings: Settings, kind: ObjectType, records: Iterable[Record]) -> None:
    """Raise Problem when one of these records of an object is what a rule forbids."""
    rules = [rule for rule in settings.smart_rules if rule.object.upper() == kind.name]
    for record in records if rules else ():
        for rule in rules:
            if like(str(record.get(rule.field.upper(), "")), rule.like):
                raise problems.smart_rule(rule.number)
