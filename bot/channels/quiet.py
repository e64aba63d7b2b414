"""Libraries whose own logs would tell more than may be told."""

from __future__ import annotations

import logging


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return False


_SILENCE = _Silence()


def silence(*names: str) -> None:
    """Stop these loggers, whatever level is set on them.

    They write tokens, addresses and whole messages, also at the gravest level.
    """
    for name in names:
        logging.getLogger(name).addFilter(_SILENCE)
