"""Use cases of the registry: look one up, change one, open a person's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from qingshu.kernel.errors import InvalidInput, NotFound
from qingshu.registry import rules, store
from qingshu.registry.errors import ThingNotValid
from qingshu.registry.events import PersonRevealed, RegistryChanged
from qingshu.registry.model import Kind, Person, Tank, Thing
from qingshu.registry.params import RegistryParams
from qingshu.registry.sealing import opened, sealed, shown
from qingshu.runtime.db import Tx
from qingshu.runtime.vault import Vault, mask_name, mask_phone, vault_of


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name and phone in the clear; only for a role that may see them."""

    id: int
    code: str
    name: str
    phone: str
    duty: str


def thing_of(conn: Connection, kind: Kind, thing_id: int) -> Thing:
    """One thing of a kind, or :class:`NotFound`."""
    found = store.get(conn, kind, thing_id)
    if found is None:
        msg = f"Expected one of the {kind} with id {thing_id}, found none."
        raise NotFound(msg, kind=kind.value, id=thing_id)
    return found


def tank_of(conn: Connection, tank_id: int) -> Tank:
    """One tank, or :class:`NotFound`."""
    found = store.tank(conn, tank_id)
    if found is None:
        msg = f"Expected a tank with id {tank_id}, found none."
        raise NotFound(msg, tank_id=tank_id)
    return found


def tank_of_code(conn: Connection, code: str) -> Tank:
    """The tank with this code on its lid, or :class:`NotFound`."""
    found = store.tank_by_code(conn, code)
    if found is None:
        msg = f"Expected a tank with code {code!r}, found none."
        raise NotFound(msg, tank_code=code)
    return found


def update(tx: Tx, kind: Kind, thing_id: int, values: Mapping[str, Any]) -> list[str]:
    """Change fields of one thing; return which really changed.

    A person's ``name`` and ``phone`` are given in the clear and sealed here. Each
    changed field becomes a history row, the whole change one ``registry.changed``.

    Raises
    ------
    NotFound
        There is no such thing.
    InvalidInput
        A field does not exist or may not be changed; the code never may.
    ThingNotValid
        The record as a whole would break a rule.
    """
    thing = thing_of(tx.conn, kind, thing_id)
    vault = vault_of(tx.settings.directory)
    old = opened(kind, vault, asdict(thing))
    unknown = sorted(set(values) - (set(old) - {"id", "code"}))
    if unknown:
        msg = f"Expected fields of {kind} that may change, got {', '.join(unknown)}."
        raise InvalidInput(msg, **dict.fromkeys(unknown, "unknown or fixed"))
    new = {**old, **values}
    findings = rules.check(kind, new, tx.settings.room_params("registry", RegistryParams))
    if findings:
        msg = f"Expected a valid record, got: {findings[0][2]}"
        raise ThingNotValid(msg, **{name: text for name, _code, text in findings})
    changed = sorted(name for name in values if old[name] != values[name])
    if changed:
        code = str(old["code"])
        seq = tx.emit(
            RegistryChanged(subject_id=thing_id, thing_kind=kind, code=code, fields=changed)
        )
        fresh = {name: values[name] for name in changed}
        store.change(tx, kind, thing_id, sealed(kind, vault, fresh))
        rows = [(thing_id, name, *shown(kind, name, old[name], new[name])) for name in changed]
        store.remember(tx, kind, seq, rows)
    return changed


def contact(vault: Vault, person: Person) -> Contact:
    """A person opened; the caller answers for the role."""
    name, phone = vault.open(person.name_sealed), vault.open(person.phone_sealed)
    return Contact(person.id, person.code, name, phone, person.duty)


def masked(vault: Vault, person: Person) -> Contact:
    """A person fit for a list: first character, first and last digits."""
    full = contact(vault, person)
    return Contact(full.id, full.code, mask_name(full.name), mask_phone(full.phone), full.duty)


def reveal(tx: Tx, person_id: int, reason: str) -> Contact:
    """Open a person's name and phone and log who did and why.

    Raises
    ------
    NotFound
        There is no such person.
    InvalidInput
        No reason was given.
    """
    if not reason.strip():
        msg = "Expected a reason for opening a person's number, got none."
        raise InvalidInput(msg, reason="empty")
    person = store.person(tx.conn, person_id)
    if person is None:
        msg = f"Expected a person with id {person_id}, found none."
        raise NotFound(msg, person_id=person_id)
    tx.emit(PersonRevealed(subject_id=person_id, code=person.code, reason=reason.strip()[:200]))
    return contact(vault_of(tx.settings.directory), person)


def person_name(conn: Connection, vault: Vault, person_id: int | None) -> str:
    """A person's name in the clear, empty when there is none."""
    person = None if person_id is None else store.person(conn, person_id)
    return "" if person is None else vault.open(person.name_sealed)
