"""Section ``retention`` of connector.yaml: how long raw records are kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from certify_intacct.model.configuration.section import Section


class RetentionConfiguration(Section):
    """Section ``retention``.

    :param staging_days: what the two services said is deleted from staging this many days after it was read; 30 at least, so that
        a run of last month can still be explained in full
    :param api_use_days: the count of API calls is deleted after so many days; 62 at least, so that the last month is whole
    """

    staging_days: Annotated[int, Field(ge=30, le=3650)] = 90
    api_use_days: Annotated[int, Field(ge=62, le=3650)] = 400
