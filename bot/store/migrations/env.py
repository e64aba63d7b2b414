"""Runs the migrations on the connection that ``bot.store.database.migrate`` opened."""

from alembic import context

from bot.store.tables import BotTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=BotTable.metadata,
    transactional_ddl=True,
)
context.run_migrations()
