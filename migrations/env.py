"""Alembic's entry: runs the numbered files in order, inside the connection that `loaders.setup.database` hands over."""

from alembic import context

from schema.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
