"""A form that somebody sent: bounded, from a page of ours, and by the person for whom that page was made.

Only what is signed in the form, or by Airflow's cookie, is believed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import SplitResult, parse_qs, urlsplit

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.sdk import conf
from fastapi import Depends, HTTPException, Request
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from certify_intacct.pages.access import DecidingUser, StartingUser

LARGEST = 256 * 1024
SENT_SECONDS = 10
MOST_FIELDS = 2000
# So long a page may stand open before what it offers counts as stale, and so long what was said is told again.
OPEN_SECONDS = 3600
TOLD_SECONDS = 60
_MOST_TOLD = 10
_FORM = "application/x-www-form-urlencoded"
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, kw_only=True)
class PostedForm:
    """What a form holds, and who sent it."""

    user: BaseUser
    fields: Mapping[str, Sequence[str]]

    def every(self, name: str) -> list[str]:
        return list(self.fields.get(name, ()))

    def one(self, name: str) -> str:
        """A field; empty when it was left out."""
        return next(iter(self.fields.get(name, ())), "")


async def posted(request: Request, user: DecidingUser) -> PostedForm:
    """The form of a request by somebody who may decide."""
    return await _form(request, user)


async def posted_to_start(request: Request, user: StartingUser) -> PostedForm:
    """The form of a request by somebody who may start a run."""
    return await _form(request, user)


Posted = Annotated[PostedForm, Depends(posted)]
PostedToStart = Annotated[PostedForm, Depends(posted_to_start)]


async def _form(request: Request, user: BaseUser) -> PostedForm:
    _require_own_page(request)
    fields = _parsed(request, await _bounded(request))
    form = PostedForm(user=user, fields=fields)
    _require_token(form.one("token"), user)
    return form


def token(user: BaseUser) -> str:
    """What a form made for this user carries, so that no other page can send it in their name."""
    signed: str = _signer("form").dumps(user.get_id())
    return signed


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a page says about the form before it.

    :param run: the run of the expense sync that was started, by its ID; empty when none was
    """

    sentences: Sequence[str] = ()
    run: str = ""


def told(user: BaseUser, sentences: Sequence[str], *, run: str = "") -> str:
    """Sentences for the page that comes after a form, in its address: nobody else can put words there."""
    more = len(sentences) - _MOST_TOLD
    shown = [*sentences[:_MOST_TOLD], *([f"And {more} more."] if more > 0 else [])]
    signed: str = _signer("said").dumps([user.get_id(), shown, run])
    return signed


def heard(user: BaseUser, said: str) -> Told:
    """The sentences again; none when they are old, or somebody else's."""
    try:
        user_id, sentences, run = _signer("said").loads(said, max_age=TOLD_SECONDS)
    except (BadData, TypeError, ValueError):
        return Told()
    return (
        Told(sentences=[str(sentence) for sentence in sentences], run=str(run)) if user_id == user.get_id() else Told()
    )


def _signer(purpose: str) -> URLSafeTimedSerializer:
    key = conf.get_mandatory_value("api", "secret_key")
    return URLSafeTimedSerializer(
        key, salt=f"certify_intacct.pages.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def _require_own_page(request: Request) -> None:
    """Passes what a page of this Airflow sent. A browser says where a form came from, and no page can make it lie."""
    said = request.headers.get("origin") or request.headers.get("referer") or ""
    places = {_place(urlsplit(f"http://{request.headers.get('host', '')}"))}
    places.add(_place(urlsplit(conf.get("api", "base_url", fallback="") or "")))
    origin = _place(_split(said))
    if not origin or origin not in places:
        raise HTTPException(
            status_code=403,
            detail="This form did not come from a page of this Airflow, so nothing was decided. Open the page in Airflow and decide "
            "there. Behind a proxy, [api] base_url must be the address that people use.",
        )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _place(address: SplitResult) -> str:
    """Host and port; the port of its scheme is left out."""
    netloc = address.netloc.rpartition("@")[2].lower()
    ports = _PORTS.values() if address.scheme not in _PORTS else (_PORTS[address.scheme],)
    return next((netloc.removesuffix(port) for port in ports if netloc.endswith(port)), netloc)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(SENT_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise HTTPException(
                        status_code=413, detail="Nothing was decided. Decide about fewer of them at once."
                    )
    except TimeoutError:
        raise HTTPException(status_code=408, detail="Nothing was decided. The form did not arrive in time.") from None
    return bytes(body)


def _parsed(request: Request, body: bytes) -> dict[str, list[str]]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(status_code=400, detail=f"Nothing was decided. A form is sent as {_FORM}.")
    try:
        fields = parse_qs(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, encoding="utf-8", errors="strict"
        )
    except ValueError:
        fields = None
    if fields is None or any("\x00" in text for texts in fields.values() for text in texts):
        raise HTTPException(status_code=400, detail="Nothing was decided. The form holds what is no text.")
    return fields


def _require_token(text: str, user: BaseUser) -> None:
    try:
        user_id = _signer("form").loads(text, max_age=OPEN_SECONDS)
    except SignatureExpired:
        raise HTTPException(
            status_code=403,
            detail="Nothing was decided. The page stood open for more than an hour: open it again, look, and decide then.",
        ) from None
    except BadData:
        user_id = None
    if user_id != user.get_id():
        raise HTTPException(
            status_code=403,
            detail="Nothing was decided. The form was not made for you: open the page again, and decide there.",
        )
