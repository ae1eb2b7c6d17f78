"""Sends planned changes to Certify, in the order of the plan, and records what became of each."""

from __future__ import annotations

from typing import Any

from certify_intacct.provisioning.categories import CategoryWriter
from certify_intacct.provisioning.lists import ListWriter
from certify_intacct.provisioning.provisioning_run import ProvisioningRun
from certify_intacct.provisioning.users import UserWriter


class CertifyWriter:
    """One load's work at Certify; parameters as those of :class:`ProvisioningRun`."""

    def __init__(self, **run: Any) -> None:
        self.work = ProvisioningRun(**run)

    def run(self) -> dict[str, int]:
        """Carries out every subject in order and returns the outcomes counted."""
        lists = [ListWriter(self.work, used) for used in self.work.listed]
        for writer in lists:
            writer.converge()
        CategoryWriter(self.work).converge()
        UserWriter(self.work).run()
        for writer in lists:
            writer.retire()
        return dict(self.work.counts)
