from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fakes.helpline import Helpline


@pytest.fixture
async def url(helpline: Helpline) -> AsyncIterator[str]:
    """
    The helpline's address on this machine; its clock stands still.
    """
    config = uvicorn.Config(
        helpline.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    door = socket.create_server(("127.0.0.1", 0))  # open before the server is: nobody waits
    serving = asyncio.create_task(server.serve(sockets=[door]))
    yield f"http://127.0.0.1:{door.getsockname()[1]}"
    helpline.bell.close()
    server.should_exit = True
    await serving
