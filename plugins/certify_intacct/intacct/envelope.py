"""The request around the functions: control, authentication, content (Intacct XML gateway reference, Request envelope)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from certify_intacct.intacct import xml
from certify_intacct.intacct.functions import Function
from certify_intacct.model.errors import BadInput


@dataclass(frozen=True)
class Credentials:
    """Who signs in. The passwords are kept out of `repr`."""

    sender_id: str
    company_id: str
    user_id: str
    sender_password: str = field(repr=False)
    user_password: str = field(repr=False)


def request(
    functions: Sequence[Function],
    credentials: Credentials,
    *,
    control_id: str,
    session_id: str | None = None,
    entity: str | None = None,
    unique: bool = False,
) -> bytes:
    """Write a whole request.

    :param control_id: that of the control block, which the answer repeats.
    :param session_id: a session to use; without one the request signs in.
    :param entity: with a sign-in: the entity to sign in to; None for top level.
    :param unique: whether a function control ID that was executed before is refused.
    :raises BadInput: no functions, or two with the same control ID.
    """
    ids = [function.control_id for function in functions]
    if not ids or len(set(ids)) != len(ids):
        raise BadInput("A request needs at least one function, each with a control ID of its own.")
    control = xml.new("control")
    for name, value in (
        ("senderid", credentials.sender_id),
        ("password", credentials.sender_password),
        ("controlid", control_id),
        ("uniqueid", unique),
        ("dtdversion", "3.0"),
        ("includewhitespace", False),
    ):
        xml.add(control, name, value)
    authentication = xml.new("authentication")
    if session_id is not None:
        xml.add(authentication, "sessionid", session_id)
    else:
        login = {
            "userid": credentials.user_id,
            "companyid": credentials.company_id,
            "password": credentials.user_password,
        }
        xml.add(authentication, "login", login | ({"locationid": entity} if entity else {}))
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8"?><request>',
            xml.to_bytes(control),
            # Each function for itself: one that is refused undoes no other.
            b'<operation transaction="false">',
            xml.to_bytes(authentication),
            b"<content>",
            *(function.xml for function in functions),
            b"</content></operation></request>",
        )
    )
