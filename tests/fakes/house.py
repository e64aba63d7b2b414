"""A running service: a real ``sigurt.py serve`` on loopback, with a data folder of its own.

    async with House(tmp_path) as house:
        await house.start()
        house.url, house.link
        await house.kill()      # as `kill -9` would, and only this process
        await house.start()     # at the same address, over the same data

What the service prints is kept in ``house.log``.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path

import httpx

PROGRAM = Path(__file__).resolve().parents[2] / "sigurt.py"
TRIES, PAUSE = 3600, 0.05  # three minutes, on a machine that has much else to do
_LINK = re.compile(r"http://\S+/helpline/first/\S+")


class House:
    """One service; ``settings`` are its ``SIGURT_*`` variables, without the prefix."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.link = ""
        self._place = socket.socket()  # bound, not listening: the port stays ours
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        port = self._place.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [str(PROGRAM), "serve", "--port", str(port), *options]
        self.settings = {"DATA_DIR": str(self.data)} | settings
        self._process: asyncio.subprocess.Process | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def log(self) -> str:
        """What the service has printed, of all its lives."""
        return (self.folder / "printed").read_text()

    async def start(self) -> None:
        """Start, and return when it answers."""
        assert self._process is None, "it runs already"
        with (self.folder / "printed").open("a") as printed:
            before = printed.tell()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                cwd=self.folder,  # no .env of anybody
                env=self._environment(),
                stdout=printed,
                stderr=printed,
            )
        await self._answers()
        links = _LINK.findall(self.log[before:])
        self.link = links[-1] if links else ""

    async def kill(self) -> None:
        """End it at once, without a single clean-up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it in good order; returns its exit code."""
        return await self._end(signal.SIGTERM)

    async def __aenter__(self) -> House:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and "--workers" in self._command:
            await self.stop()  # its workers end with it
        elif self._process is not None:
            await self.kill()
        self._place.close()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGURT_")}
        return kept | {f"SIGURT_{name}": value for name, value in self.settings.items()}

    async def _answers(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as http:
            for _ in range(TRIES):
                if await self._healthy(http):
                    return
        raise AssertionError(f"does not answer:\n{self.log}")

    async def _healthy(self, http: httpx.AsyncClient) -> bool:
        """Ask once; when it does not answer, wait a little, or for its end."""
        path = "/healthz" if "--api-only" not in self._command else "/helpline/sign-in"
        try:
            return (await http.get(path)).is_success
        except httpx.TransportError:
            pass  # not there yet
        assert self._process is not None
        try:
            code = await asyncio.wait_for(self._process.wait(), PAUSE)
        except TimeoutError:
            return False
        raise AssertionError(f"ended with {code}:\n{self.log}")

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None, "it does not run"
        process, self._process = self._process, None
        if process.returncode is None:
            process.send_signal(how)
        return await process.wait()
