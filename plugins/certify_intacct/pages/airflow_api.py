"""Airflow's own public API, asked in the name of whoever asked us: what they may there, Airflow says.

It is asked within the api-server that serves this page, so no address, certificate or password of its own is needed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from fastapi import HTTPException, Request

SECONDS = 20.0
#: By which Airflow knows who asks; nothing else of a request is handed on.
_SIGNED_IN_BY = ("cookie", "authorization")


async def ask(request: Request, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """What Airflow answers.

    :param path: below ``/api/v2/`` (https://airflow.apache.org/docs/apache-airflow/3.3.2/stable-rest-api-ref.html)
    :raises HTTPException: Airflow refuses, with its status and its words; 503 it does not answer, or is not who serves this page
    """
    airflow = request.scope.get("airflow")
    if airflow is None:
        raise HTTPException(
            status_code=503, detail="Nothing was started: this page is not served by Airflow's api-server."
        )
    headers = {name: text for name in _SIGNED_IN_BY if (text := request.headers.get(name))}
    transport = httpx.ASGITransport(app=airflow, raise_app_exceptions=False)
    base = f"{request.url.scheme}://{request.url.netloc}"
    try:
        async with asyncio.timeout(SECONDS), httpx.AsyncClient(transport=transport, base_url=base) as client:
            answer = await client.request(method, f"/api/v2/{path}", json=body, headers=headers)
    except TimeoutError:
        raise HTTPException(
            status_code=503,
            detail="Airflow took too long, and it is not known whether it was started. Look at the DAG's runs before you repeat it.",
        ) from None
    if not answer.is_success:
        raise HTTPException(status_code=answer.status_code, detail=f"Airflow refused it: {_words(answer)}")
    found: dict[str, Any] = answer.json()
    return found


def _words(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = f"status {answer.status_code}"
    return f"{detail}"[:500].rstrip(".") + "."
