"""Any body at all to any writing route: an answer in the one shape, never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from qingshu.dispatch import handlers as dispatch_handlers
from qingshu.fieldwork import handlers as fieldwork_handlers
from qingshu.incident import service as incident
from qingshu.runtime import eventlog
from qingshu.runtime.accounts.roles import Role
from qingshu.runtime.accounts.service import User
from qingshu.runtime.db import Database, metadata
from qingshu.runtime.http import current_user
from qingshu.runtime.relay import Relay
from qingshu.web.app import create_app
from tests.worlds.town_small import build_town_small

# What may change although a request was refused: the refusal itself is kept and counted.
KEPT = {"dead_letter", "heartbeat", "login_attempt"}
EXAMPLES = 30
ROLES = frozenset({Role.ADMIN, Role.DEVICE})

Operation = tuple[str, str, dict[str, Any]]

_texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "\x00", "\ud800", "1e999", "2026-13-40T99:99:99Z", "2026-11-24T06:00:00",
         "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "../../etc/passwd", "槐" * 3000,
         "'; DROP TABLE tank; --", "<script>", "NaN", "-1"]
    ),
)  # fmt: skip
_numbers = st.one_of(
    st.integers(-2, 3),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**30, 1e308, -1e308, 1e-320, 0.5]),
    st.floats(),
)
_json = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, _texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def client(db: Database) -> Iterator[TestClient]:
    """The whole app over a small town with an incident and a job, signed in as everybody."""
    town = build_town_small(db)
    with db.write("system:test") as tx:
        incident.open_by_hand(tx, town.tanks[0], "满了")
    Relay(db, "dispatch", dispatch_handlers.HANDLERS).pump()
    Relay(db, "fieldwork", fieldwork_handlers.HANDLERS).pump()
    app = create_app(db)
    app.dependency_overrides[current_user] = lambda: User(1, "all", "All", ROLES, "", "")
    with TestClient(app, raise_server_exceptions=True) as opened:
        yield opened


def _operations(client: TestClient, methods: set[str]) -> list[Operation]:
    document = client.get("/api/v1/openapi.json").json()
    return [
        (method.upper(), path, _resolved(details, document))
        for path, offered in document["paths"].items()
        for method, details in offered.items()
        if method in methods and not path.startswith("/api/v1/stream")
    ]


def _resolved(schema: Any, document: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            found: Any = document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return _resolved(found, document)
        return {key: _resolved(value, document) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_resolved(each, document) for each in schema]
    return schema


def _fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that mostly fit a schema, so that requests get past its first rule."""
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return st.one_of([_fitting(each) for each in schema[word]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        needed = set(schema.get("required", ()))
        fields = {name: _loose(each) for name, each in properties.items()}
        return st.fixed_dictionaries(
            {name: f for name, f in fields.items() if name in needed},
            optional={name: f for name, f in fields.items() if name not in needed},
        )
    if kind == "array":
        return st.lists(_loose(schema.get("items", {})), max_size=3)
    plain = {
        "integer": st.integers(0, 3), "number": st.floats(0, 100), "boolean": st.booleans(),
        "string": st.sampled_from(["", "满了", "槐2", "P1", "槐11-0001", "2026-11-24T06:00:00Z"]),
        "null": st.none(),
    }  # fmt: skip
    return plain.get(str(kind), _json)


def _loose(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of(_fitting(schema), _fitting(schema), _fitting(schema), _json)


def _values(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """A path or query value as text; a path must not become another path."""
    return st.one_of(
        _fitting(schema).map(str), _numbers.map(str), _texts.filter(lambda t: "\ud800" not in t)
    ).map(lambda text: text.replace("/", "").strip(".") or "0")


@st.composite
def _request(draw: st.DrawFn, operation: Operation) -> tuple[str, str, dict[str, Any]]:
    method, path, details = operation
    query = {}
    for parameter in details.get("parameters", ()):
        value = draw(_values(parameter["schema"]))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(value, safe=""))
        elif parameter["in"] == "query" and draw(st.booleans()):
            query[parameter["name"]] = value
    sent: dict[str, Any] = {"params": query}
    content = details.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = draw(_loose(content["application/json"].get("schema", {})))
        sent["content"] = json.dumps(body).encode()
        sent["headers"] = {"content-type": "application/json"}
    elif content:
        schema = next(iter(content.values()))["schema"]
        fields = {
            name: draw(_texts.filter(lambda t: "\ud800" not in t) | _fitting(each).map(str))
            for name, each in schema.get("properties", {}).items()
            if draw(st.integers(0, 4))
        }
        if "multipart/form-data" in content and draw(st.integers(0, 4)):
            name = draw(_texts.filter(lambda t: "\ud800" not in t))
            sent["files"] = {"file": (name or "x", draw(st.binary(max_size=40)))}
            fields.pop("file", None)
        sent["data"] = fields
    return method, path, sent


def _state(db: Database) -> dict[str, int]:
    with db.read() as conn:
        counts = {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
            if name not in KEPT
        }
        return {**counts, "head": eventlog.head(conn)}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "methods", [{"post", "patch", "put", "delete"}, {"get"}], ids=["writes", "reads"]
)
def test_api_when_any_input_then_one_error_body_and_nothing_half_done(
    client: TestClient, db: Database, methods: set[str]
) -> None:
    """No 500 at all; every refusal has code, message and fields and changed nothing."""
    for operation in _operations(client, methods):

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(_request(operation))
        def holds(request: tuple[str, str, dict[str, Any]]) -> None:
            method, path, sent = request
            before = _state(db)
            answer = client.request(method, path, **sent)
            assert answer.status_code < 500, (method, path, sent, answer.text)
            if answer.status_code < 400:
                return
            if path.startswith("/api/") and answer.status_code >= 400:
                error = answer.json()["error"]
                assert set(error) == {"code", "message", "fields"}
                assert error["code"]
                assert error["message"]
            assert _state(db) == before, (method, path, sent, answer.text)

        holds()
    with db.read() as conn:
        assert eventlog.verify(conn) is None
