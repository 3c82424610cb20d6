"""A worker of the atlas: parts as JSON on standard input, one PDF on standard output."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable

from qingshu.open.printing.typeset import typeset


def joined(parts: Iterable[bytes]) -> bytes:
    """Several PDFs as one."""
    from pypdf import PdfWriter

    book = PdfWriter()
    for part in parts:
        book.append(io.BytesIO(part))
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def main() -> None:
    """Set every part that comes in."""
    parts = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(joined(typeset("atlas", part) for part in parts))


if __name__ == "__main__":
    main()
