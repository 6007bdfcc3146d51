"""Alembic's entry: run the steps on the connection that repository.migrations opened."""

from alembic import context

from repository.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
