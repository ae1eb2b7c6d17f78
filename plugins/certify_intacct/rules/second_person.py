"""Who may decide about what a rule holds or a limit stops: never who wrote the rule, never who started the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable


def objection(
    names: Iterable[str],
    *,
    owners: Collection[str],
    triggered_by: Collection[str],
    named: Collection[str] = (),
    where: str = "",
) -> str:
    """Why this person may not decide, a sentence; empty when they may.

    :param names: what the person is called: user name, user ID, e-mail, as far as known
    :param owners: ``company.configuration_owners``
    :param triggered_by: who started the run; empty names count for nobody
    :param named: when not empty, only these may decide
    :param where: the key of connector.yaml that names them
    """
    known = [name.strip() for name in names if name.strip()]
    if not known:
        return "Nobody is named."
    mine = {name.casefold() for name in known}
    if mine & _folded(owners):
        return f"{known[0]} edits connector.yaml (company.configuration_owners) and cannot decide about what it holds."
    if mine & _folded(triggered_by):
        return f"{known[0]} triggered the run: the right to trigger is not the right to post."
    if named and not mine & _folded(named):
        return f"{known[0]} is not among {where} in connector.yaml."
    return ""


def _folded(names: Iterable[str]) -> set[str]:
    return {name.strip().casefold() for name in names if name.strip()}
