from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.filing import Desk
from fakes.helpline import Helpline
from fakes.hotlines import Iwf, Ncmec, Post, posted


@pytest.fixture
def iwf() -> Iwf:
    """
    A stand-in of IWF's service.
    """
    return Iwf()


@pytest.fixture
def ncmec() -> Ncmec:
    """
    A stand-in of NCMEC's service.
    """
    return Ncmec()


@pytest.fixture
def post() -> Iterator[Post]:
    """
    A mail server on this machine.
    """
    with posted() as made:
        yield made


@pytest.fixture
def desk(helpline: Helpline, iwf: Iwf, ncmec: Ncmec, post: Post) -> Desk:
    """
    A helpline with lines to all of them.
    """
    return Desk.open(helpline, iwf, ncmec, post)
