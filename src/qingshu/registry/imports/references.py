"""Finds the thing that a cell names by its code or by its name."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection

from qingshu.registry import store
from qingshu.registry.imports.cells import Wrong
from qingshu.registry.model import Kind
from qingshu.registry.names import fold, short_name
from qingshu.runtime.vault import Vault


class References:
    """Lookups into what is stored, loaded once per kind that a file refers to."""

    def __init__(self, conn: Connection, vault: Vault) -> None:
        self._conn = conn
        self._vault = vault
        self._codes: dict[Kind, dict[str, int]] = {}
        self._names: dict[Kind, dict[str, list[int]]] = {}
        self._community_office: dict[int, int | None] = {}
        self._office_grid: dict[int, int | None] = {}
        self._places_loaded = False

    def find(self, kind: Kind, text: str, office_id: int | None = None) -> int:
        """The id of the thing named ``text``; an office narrows communities of one name.

        Raises
        ------
        Wrong
            ``unknown_reference`` or ``ambiguous_reference``.
        """
        codes = self._codes.setdefault(kind, {}) or self._load_codes(kind)
        if text in codes:
            return codes[text]
        if kind not in self._names:
            self._names[kind] = self._load_names(kind)
        names = self._names[kind]
        found = names.get(fold(text)) or names.get(short_name(text)) or []
        if kind is Kind.COMMUNITIES and office_id is not None and len(found) > 1:
            found = [each for each in found if self.office_of(each) == office_id]
        if len(found) == 1:
            return found[0]
        if found:
            msg = f"Expected one of the {kind}, {text!r} names {len(found)}. Give the code."
            raise Wrong("ambiguous_reference", msg)
        msg = f"Expected a code or name among the {kind}, got {text!r}. Import the {kind} first."
        raise Wrong("unknown_reference", msg)

    def office_of(self, community_id: int) -> int | None:
        """The office that a community belongs to."""
        self._load_places()
        return self._community_office.get(community_id)

    def grid_of(self, office_id: int) -> int | None:
        """The grid that serves an office."""
        self._load_places()
        return self._office_grid.get(office_id)

    def _load_places(self) -> None:
        if not self._places_loaded:
            communities = store.communities(self._conn)
            self._community_office = {c.id: c.office_id for c in communities}
            self._office_grid = {o.id: o.grid_id for o in store.offices(self._conn)}
            self._places_loaded = True

    def _load_codes(self, kind: Kind) -> dict[str, int]:
        self._codes[kind] = store.codes_of(self._conn, kind)
        return self._codes[kind]

    def _load_names(self, kind: Kind) -> dict[str, list[int]]:
        names: defaultdict[str, list[int]] = defaultdict(list)
        for thing in store.all_of(self._conn, kind):
            for name in {fold(self._name(thing)), short_name(self._name(thing))}:
                if name:
                    names[name].append(thing.id)
        return dict(names)

    def _name(self, thing: Any) -> str:
        sealed = getattr(thing, "name_sealed", None)
        return self._vault.open(sealed) if sealed else str(getattr(thing, "name", thing.code))
