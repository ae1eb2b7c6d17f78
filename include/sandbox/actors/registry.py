"""The acts by name, and the words in which an act that cannot be done is refused."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from include.sandbox.core import Sandbox
from include.sandbox.store import Record, Store

Act = Callable[..., dict[str, Any]]
ACTS: dict[str, Act] = {}


class CannotAct(ValueError):
    """The act does not exist, lacks an argument, or makes no sense now; the text says what would."""


def act(function: Act) -> Act:
    """Offer a function as an act under its own name. Its keyword-only parameters are the act's arguments."""
    ACTS[function.__name__] = function
    return function


def perform(sandbox: Sandbox, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what an actor does, all or nothing. Raises CannotAct."""
    if action not in ACTS:
        raise CannotAct(f"There is no act {action!r}. Acts: {', '.join(sorted(ACTS))}.")
    known = {
        name: parameter
        for name, parameter in inspect.signature(ACTS[action]).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    unknown = sorted(set(arguments) - set(known))
    missing = sorted(
        name for name, one in known.items() if one.default is inspect.Parameter.empty and name not in arguments
    )
    if unknown or missing:
        wrong = f"{action} needs {', '.join(missing)}." if missing else f"{action} has no {', '.join(unknown)}."
        raise CannotAct(f"{wrong} Its arguments: {', '.join(known)}.")
    with sandbox.store.transaction():
        return ACTS[action](sandbox, **arguments)


def the_one(store: Store, side: str, name: str, fields: tuple[str, ...], value: Any) -> Record:
    """The record whose ID, or one of these fields, has this value. Raises CannotAct."""
    text = str(value)
    found = store.get(side, name, text.lower() if side == "certify" else text)
    if found is not None:
        return found
    for field in fields:
        hits = store.find(side, name, field, text)
        if len(hits) > 1:
            raise CannotAct(f"{len(hits)} records of {name} have {field} {text}; name one by its record number or ID.")
        if hits:
            return hits[0]
    raise CannotAct(f"{name} {text} does not exist (looked for the ID and {', '.join(fields) or 'nothing else'}).")
