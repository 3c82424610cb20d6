"""A plant's book of past loads: read, judged, taken as receipts."""

from __future__ import annotations

from qingshu.fieldwork.books.run import import_receipts

__all__ = ["import_receipts"]
