"""A person's record sealed for the table, opened for comparing, hidden for history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qingshu.registry.model import Kind
from qingshu.runtime.vault import Vault

# What history keeps of a sealed field.
HIDDEN = "***"
_SEALED = ("name", "phone", "name_sealed", "phone_sealed", "phone_print")


def sealed(kind: Kind, vault: Vault, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as its table holds it."""
    row = dict(record)
    if kind is not Kind.PEOPLE:
        return row
    if "name" in row:
        row["name_sealed"] = vault.seal(row.pop("name"))
    if "phone" in row:
        phone = row.pop("phone") or ""
        row["phone_sealed"], row["phone_print"] = vault.seal(phone), vault.fingerprint(phone)
    return row


def opened(kind: Kind, vault: Vault, record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record with a person's name and phone in the clear."""
    row = dict(record)
    if kind is Kind.PEOPLE:
        row.pop("phone_print", None)
        row["name"] = vault.open(row.pop("name_sealed", None) or "")
        row["phone"] = vault.open(row.pop("phone_sealed", None) or "")
    return row


def shown(kind: Kind, name: str, old: Any, new: Any) -> tuple[str | None, str | None]:
    """Old and new as history keeps them."""
    if kind is Kind.PEOPLE and name in _SEALED:
        return HIDDEN, HIDDEN
    return _text(old), _text(new)


def made(kind: Kind, record: Mapping[str, Any]) -> str:
    """A new record as history keeps it."""
    kept = {
        name: HIDDEN if kind is Kind.PEOPLE and name in _SEALED else value
        for name, value in record.items()
        if value is not None and value != ""
    }
    return json.dumps(kept, ensure_ascii=False, default=str)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
