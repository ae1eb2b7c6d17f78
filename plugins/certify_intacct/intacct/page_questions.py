"""Asks for the pages of a query; the next one may be under way while this one is read and worked on."""

from __future__ import annotations

from collections.abc import Callable

from certify_intacct.intacct.functions import Function
from certify_intacct.intacct.responses import Result
from certify_intacct.intacct.session import Gateway, Sent


class PageQuestions:
    """The questions of one query.

    :param function: gives the query that begins at an offset.
    :param where: named in errors.
    :param ahead: send the next question before the answer to this one is read.
    :param first: what became of the question for the first page, where it was asked together with others.
    """

    def __init__(
        self,
        gateway: Gateway,
        function: Callable[[int], Function],
        *,
        entity: str | None,
        where: str,
        ahead: bool = False,
        first: Result | None = None,
    ) -> None:
        self._gateway = gateway
        self._function = function
        self._entity = entity
        self._where = where
        self._ahead = ahead
        self._first = first
        self._begun: tuple[int, Callable[[], Sent]] | None = None

    def begin(self, offset: int) -> None:
        """Send the question for the page at ``offset``, unless that was done."""
        if not self._ahead or (self._begun and self._begun[0] == offset):
            return
        sent = self._gateway.send_ahead(self._function(offset), entity=self._entity)
        self._begun = (offset, sent) if sent else None

    def ask(self, offset: int, then: int | None) -> Result:
        """The page at ``offset``; the question for the one at ``then`` goes out as soon as its answer is here.

        :raises ConnectorError: it failed, after all attempts.
        """
        begun, self._begun = self._begun, None
        answered, self._first = self._first, None

        def first() -> Sent:
            assert begun is not None
            sent = begun[1]()
            if then is not None:
                self.begin(then)
            return sent

        return self._gateway.ask(
            self._function(offset),
            entity=self._entity,
            where=self._where,
            first=first if begun and begun[0] == offset else None,
            answered=answered,
        )
