"""What the registry tells the other rooms."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from qingshu.kernel.events import Event


class RegistryChanged(Event, frozen=True, kw_only=True):
    """One thing got new values; ``fields`` names which, never what."""

    kind: ClassVar[str] = "registry.changed"
    subject_kind: ClassVar[str] = "registry"
    thing_kind: str = msgspec.field(name="kind")
    code: str
    fields: list[str]


class RegistryImported(Event, frozen=True, kw_only=True):
    """A file was taken in; one event for the whole file. The subject is 0."""

    kind: ClassVar[str] = "registry.imported"
    subject_kind: ClassVar[str] = "registry"
    thing_kind: str = msgspec.field(name="kind")
    rows: int
    created: int
    updated: int


class PersonRevealed(Event, frozen=True, kw_only=True):
    """Somebody opened a person's name and phone; the log says who and why."""

    kind: ClassVar[str] = "person.revealed"
    subject_kind: ClassVar[str] = "person"
    code: str
    reason: str
