"""The one kind of error that the local stack shows to its user."""

from __future__ import annotations


class StackError(Exception):
    """Something on this machine keeps the stack from running.

    ``str(error)`` is one line for a person: what is wrong, where, and what to do. It is printed without a stack trace.
    """
