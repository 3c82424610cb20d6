"""``qingshu decode PROTOCOL [FILE]``: frames in, one JSON object a line out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import click
import msgspec

from qingshu.kernel.errors import InvalidInput, WireError
from qingshu.wire import jt808, osmand

Decoded = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Options:
    """What the person said about the input."""

    already_unescaped: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one protocol is read.

    ``text`` takes one line that is neither JSON vector nor empty, ``stream`` raw bytes.
    Both yield one object for every message and one with ``error`` for every bad one.
    """

    text: Callable[[str, Options], Iterator[Decoded]]
    stream: Callable[[bytes, Options], Iterator[Decoded]]


def decode_all(protocol: str, data: bytes, options: Options) -> Iterator[Decoded]:
    """Decode a whole file's bytes with the named protocol."""
    reader = PROTOCOLS[protocol]
    lines = _text_lines(data)
    if lines is None:
        yield from reader.stream(data, options)
        return
    for line in lines:
        label, text = _vector(line)
        for decoded in reader.text(text, options):
            yield {**label, **decoded}


def _text_lines(data: bytes) -> list[str] | None:
    """The lines of a text file; None for raw bytes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(ord(c) < 0x20 and c not in "\t\r\n" for c in text):
        return None
    return [line.strip() for line in text.splitlines() if line.strip()]


def _vector(line: str) -> tuple[Decoded, str]:
    if line.startswith("{"):
        try:
            row = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return {}, line
        if isinstance(row, dict) and isinstance(row.get("hex_or_text"), str):
            return ({"id": row["id"]} if "id" in row else {}), row["hex_or_text"]
    return {}, line


def _refused(error: WireError, **more: Any) -> Decoded:
    return {"error": error.code, "message": error.message, **more}


def _jt808_text(line: str, options: Options) -> Iterator[Decoded]:
    try:
        data = bytes.fromhex(line)
    except ValueError as error:
        yield {"error": "bad_hex", "message": f"Expected hex digits: {error}.", "line": line[:200]}
        return
    if options.already_unescaped:
        yield _jt808_unescaped(data, options)
        return
    as_wire = list(_jt808_stream(data, options))
    if any("error" in one for one in as_wire) and data[:1] == b"\x7e" == data[-1:]:
        whole = _jt808_unescaped(data, options)
        if "error" not in whole or len(as_wire) != 1:
            yield whole
            return
    yield from as_wire


def _jt808_unescaped(data: bytes, options: Options) -> Decoded:
    start, end = int(data[:1] == b"\x7e"), len(data) - int(data[-1:] == b"\x7e")
    try:
        message = jt808.decode_unescaped(data[start:end], lenient=options.lenient)
    except WireError as error:
        return _refused(error, form="unescaped", frame=data.hex())
    return {"form": "unescaped", **jt808.describe(message)}


def _jt808_stream(data: bytes, options: Options) -> Iterator[Decoded]:
    splitter = jt808.Splitter()
    for piece in splitter.feed(data) + splitter.close():
        if isinstance(piece, jt808.Junk):
            message = f"Expected a frame between two 7E, got {len(piece.data)} bytes without."
            yield {"error": piece.code, "message": message, "frame": piece.data[:2048].hex()}
            continue
        try:
            decoded = jt808.decode(piece, lenient=options.lenient)
        except WireError as error:
            yield _refused(error, form="wire", frame=f"7e{piece.hex()}7e")
            continue
        yield {"form": "wire", **jt808.describe(decoded)}


def _osmand_text(line: str, _options: Options) -> Iterator[Decoded]:
    try:
        if line.startswith("{"):
            report, form = osmand.parse_json(line.encode()), "json"
        else:
            report, form = osmand.parse_query(line), "query"
    except WireError as error:
        yield _refused(error, line=line[:2048])
        return
    yield {"form": form, **msgspec.to_builtins(report)}


def _osmand_stream(data: bytes, _options: Options) -> Iterator[Decoded]:
    msg = "Expected text (query strings or JSON lines) for osmand, got raw bytes."
    raise InvalidInput(msg, size=len(data))


PROTOCOLS = {
    "jt808": Protocol(_jt808_text, _jt808_stream),
    "osmand": Protocol(_osmand_text, _osmand_stream),
}


@click.command()
@click.argument("protocol", type=click.Choice(sorted(PROTOCOLS)))
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--already-unescaped",
    is_flag=True,
    help="jt808: the frames' 7D escapes were undone before they were written down. "
    "Without this both readings are tried; the field `form` says which one held.",
)
@click.option(
    "--lenient",
    is_flag=True,
    help="jt808: let a wrong check byte or length pass; the field `faults` names it.",
)
def command(protocol: str, file: BinaryIO, already_unescaped: bool, lenient: bool) -> None:
    """Decode FILE (or standard input): hex lines, JSON lines or raw bytes.

    A JSON line with `hex_or_text` is a test vector; its `id` is carried through. A bad
    frame gives {"error": CODE, …}; the exit code is then 1.
    """
    failed = False
    for decoded in decode_all(protocol, file.read(), Options(already_unescaped, lenient)):
        failed = failed or "error" in decoded
        sys.stdout.buffer.write(msgspec.json.encode(decoded) + b"\n")
    sys.stdout.buffer.flush()
    if failed:
        sys.exit(1)
