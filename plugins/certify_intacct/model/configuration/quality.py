"""Section ``quality`` of connector.yaml: what is kept of the judging of a load."""

from __future__ import annotations

from certify_intacct.model.configuration.section import Section


class QualityConfiguration(Section):
    """Section ``quality``.

    :param data_docs: whether Great Expectations' own page is made for each stream of a load. The load's page says the same without it
    """

    data_docs: bool = False
