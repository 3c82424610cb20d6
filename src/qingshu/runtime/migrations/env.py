"""Alembic's entry: runs migrations on the connection that ``schema.upgrade`` opened."""

from __future__ import annotations

from alembic import context

from qingshu.runtime.db import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
