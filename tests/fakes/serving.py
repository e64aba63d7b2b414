"""A helpline of a test at an address on this machine; its clock stands still."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fakes.helpline import Helpline


@asynccontextmanager
async def serving(helpline: Helpline) -> AsyncIterator[str]:
    """Serve it, and yield its address."""
    config = uvicorn.Config(
        helpline.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    task = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    helpline.bell.close()
    server.should_exit = True
    await task
