"""Section ``retention`` of connector.yaml: how long raw records are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from certify_intacct.model.configuration.section import Section


class RetentionConfiguration(Section):
    """Section ``retention``.

    :param staging_days: what the two services said is deleted from staging this many days after it was read; 30 at least, so that
        a run of last month can still be explained in full
    """

    staging_days: Annotated[int, Field(ge=30, le=3650)] = 90
