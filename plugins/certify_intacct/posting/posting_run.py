"""What every part of the work at Intacct needs: where it works, by which rules, and as whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify_intacct.documents import KINDS, own_fields

if TYPE_CHECKING:
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.configuration.company import CompanyConfiguration
    from certify_intacct.staging.database import Database


@dataclass(frozen=True, kw_only=True)
class PostingRun:
    """A run that works at Intacct.

    :param run_id: Airflow's run, and ``actor`` who triggered it: for the ledger's events
    """

    hook: SageIntacctHook
    database: Database
    configuration: Configuration
    load_id: int
    run_id: str
    actor: str

    def __post_init__(self) -> None:
        """Whoever reads documents for it reads the fields of the company's own too."""
        self.hook.also_read = own_fields.reads(self.configuration, KINDS)

    @property
    def company(self) -> CompanyConfiguration:
        return self.configuration.company

    @property
    def who(self) -> dict[str, str]:
        """What the ledger notes beside a change of state."""
        return {"run_id": self.run_id, "actor": self.actor}
