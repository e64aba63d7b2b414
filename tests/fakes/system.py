"""Another helpline system, which works through the API."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
from fakes.helpline import Helpline

from api.systems import service


class OtherSystem:
    """A client with a key of its own."""

    def __init__(self, helpline: Helpline, name: str = "Dosjet", *roles: str) -> None:
        with helpline.database.write() as session:
            self.id, self.key = service.add(
                session,
                helpline.vault,
                name=name,
                roles=roles or ("counsellor",),
                by=0,
                now=helpline.now,
            )
            service.let_in(session, self.id, by=1)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(helpline.app),
            base_url="http://helpline.example.com",
            headers={"Authorization": f"Bearer {self.key}"},
        )

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Ask for something below ``/v1/desk``."""
        return await self.http.get(f"/v1/desk{path}", params=params)

    async def post(self, path: str, *, key: str = "", **body: Any) -> httpx.Response:
        """Do something below ``/v1/desk``, with a fresh idempotency key unless one is given."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return await self.http.post(f"/v1/desk{path}", json=body, headers=headers)
