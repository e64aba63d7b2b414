"""How alembic reaches the helpline's database: over the connection it is handed.

``Database.upgrade`` holds the writers' lock around the whole run, so processes that start
at once take turns.
"""

from __future__ import annotations

from alembic import context

from api.db import HelplineTable

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=HelplineTable.metadata)
context.run_migrations()
