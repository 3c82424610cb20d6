"""The doctor's findings for the screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from qingshu.runtime.accounts.roles import DESK
from qingshu.runtime.accounts.service import User
from qingshu.runtime.http import DbDep, requires
from qingshu.web import doctor

router = APIRouter(prefix="/api/v1", tags=["doctor"])


@router.get("/doctor")
def examine(db: DbDep, _user: Annotated[User, Depends(requires(*DESK))]) -> dict[str, Any]:
    """What is wrong and how to mend it."""
    checks = doctor.examine(db)
    return {"ok": all(c.ok for c in checks), "checks": [asdict(c) for c in checks]}
