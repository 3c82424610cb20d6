"""First schema."""

from __future__ import annotations

import importlib
import pkgutil

from alembic import op

import qingshu
from qingshu.runtime.db import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    for module in pkgutil.walk_packages(qingshu.__path__, "qingshu."):
        if module.name.endswith(".tables") or module.name.startswith("qingshu.runtime."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop every table."""
    metadata.drop_all(op.get_bind())
