"""The line on Airflow's start page that leads to the pages, so that whoever has signed in is one click away from how it stands.

Airflow shows there what ``DASHBOARD_UIALERTS`` of ``airflow_local_settings`` has, and goes through that anew whenever it is asked
(https://airflow.apache.org/docs/apache-airflow/3.3.2/howto/customize-ui.html). All processes of Airflow import this module, so that it
imports nothing that is not needed in all of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from airflow.api_fastapi.common.types import UIAlert

log = logging.getLogger(__name__)

#: How it stands is asked again after so many seconds, and after so many more nobody takes the old answer for the new one.
ASKED_AGAIN, TOO_OLD = 60.0, 300.0
#: So long Airflow's own request waits for it.
PATIENCE = 0.5
_NAME = "Certify → Intacct"


class StartPage:
    """What Airflow is to show, as something that it can go through.

    Everybody who has signed in sees it, whatever they may read, so it names what asks for somebody and says no figure.

    :param others: a company's own, shown after ours
    """

    def __init__(self, others: Iterable[UIAlert] = ()) -> None:
        self.others = others
        self._asked = self._known_since = float("-inf")
        self._asking: list[str] | None = None
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[UIAlert]:
        from airflow.api_fastapi.common.types import UIAlert

        category, text = self._said()
        yield UIAlert(text=text, category=category)
        yield from self.others

    def _said(self) -> tuple[Literal["info", "warning"], str]:
        from certify_intacct.pages.links import home_url

        with self._lock:
            now = time.monotonic()
            look = now - self._asked > ASKED_AGAIN
            if look:
                self._asked = now
        if look:
            # Beside Airflow's request, which goes on without an answer that is not there soon.
            asks = threading.Thread(target=self._ask, name="connector-start-page", daemon=True)
            asks.start()
            asks.join(PATIENCE)
        link = f"[{_NAME}]({home_url()})"
        asking = self._asking if time.monotonic() - self._known_since < TOO_OLD else None
        if asking:
            return "warning", f"{link}: look at {', '.join(f'*{title}*' for title in asking)}"
        return (
            "info",
            f"{link}: nothing asks for anybody" if asking == [] else f"{link}: what was posted, and what waits",
        )

    def _ask(self) -> None:
        from certify_intacct.pages.home import asking

        try:
            found = asking()
        except Exception as error:
            # Whatever is wrong, the page behind the link says it in words.
            log.info("What the start page says of the connector cannot be asked: %s.", type(error).__name__)
            self._asking = None
            return
        self._asking, self._known_since = found, time.monotonic()
