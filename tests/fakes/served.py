"""A helpline at an address of this machine, for real browsers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fakes.helpline import Helpline


@asynccontextmanager
async def served(helpline: Helpline) -> AsyncIterator[str]:
    """Serve it while the block runs; its clock stands still."""
    config = uvicorn.Config(
        helpline.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    serving = asyncio.create_task(server.serve(sockets=[door]))
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        helpline.bell.close()
        server.should_exit = True
        await serving
