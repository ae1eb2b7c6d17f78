"""How a task fails: the first and the last error line of its log are the reason, and a reason that is known has no stack trace.

Airflow writes the stack trace of whatever a task raises, but for one kind: of a task that exits it says no more than that
(``SystemExit`` in ``airflow.sdk.execution_time.task_runner``), and tries it again like any other. So a task whose reason is known
exits. An error of the program keeps its trace, between two lines that say what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from certify_intacct.model import errors

if TYPE_CHECKING:
    from airflow.sdk import Context

log = logging.getLogger(__name__)

#: Trying again changes nothing about these: a person has to act first.
FINAL = (
    errors.ConfigurationError,
    errors.CredentialsRefused,
    errors.PermissionDenied,
    errors.GuardTripped,
    errors.BadInput,
    errors.BooksDiffer,
)
_LONGEST = 500


class TaskStopped(SystemExit):
    """Ends a task whose reason is known and was told.

    :param reason: in words
    :param error: what it was
    """

    def __init__(self, reason: str, error: BaseException) -> None:
        super().__init__(1)
        self.reason = reason
        self.error = error


class StoppedForGood(TaskStopped):
    """Likewise, and trying again changes nothing."""


def told_in_words(execute: Callable[..., Any]) -> Callable[..., Any]:
    """The method of an operator that Airflow calls, ending in words. Whoever else calls it gets the error itself."""

    @wraps(execute)
    def wrapper(self: Any, context: Context, *args: Any, **kwargs: Any) -> Any:
        from airflow.sdk.exceptions import AirflowTaskTimeout

        try:
            return execute(self, context, *args, **kwargs)
        except (Exception, AirflowTaskTimeout) as error:
            if not _by_airflow(context) or _parks(error):
                raise
            reason, final = words(error)
            self.log.error("%s", reason)
            if final is None:
                raise
            raise (StoppedForGood if final else TaskStopped)(reason, error) from None

    return wrapper


def last_words(context: Context) -> None:
    """After whatever Airflow wrote about a failed task: why, once more. Airflow calls it."""
    error = context.get("exception")
    if isinstance(error, TaskStopped):
        log.error("%s", error.reason)
    elif isinstance(error, BaseException):
        log.error("%s", words(error)[0])


def words(error: BaseException) -> tuple[str, bool | None]:
    """Why, and what to do.

    :returns: the text, and whether trying again changes nothing; None where the reason is not known and the stack trace is wanted
    """
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowTaskTimeout

    if isinstance(error, errors.ConnectorError):
        return str(error), isinstance(error, FINAL)
    if isinstance(error, AirflowNotFoundException):
        return f"{_said(error)} Make it under Admin > Connections of Airflow; the README says what stands in it.", True
    if isinstance(error, AirflowTaskTimeout):
        return (
            "It took longer than its execution_timeout. What was done stands: clear it, and it goes on from there.",
            None,
        )
    what = f"{type(error).__name__}: {_said(error)}"
    return (
        f"This is no known kind of failure: {what} Clear the task once. If it comes again, report it with this log.",
        None,
    )


def _said(error: BaseException) -> str:
    from certify_intacct.rules.texts import readable

    said = readable(str(error), _LONGEST) or "no text given"
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def _by_airflow(context: Context) -> bool:
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    return isinstance(context.get("ti"), RuntimeTaskInstance)


def _parks(error: BaseException) -> bool:
    """Whether it is one of Airflow's own ways to say that a task skips, waits or is looked at later."""
    from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException

    return isinstance(error, AirflowException) and not isinstance(error, AirflowNotFoundException)
