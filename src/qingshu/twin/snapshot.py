"""Small photographs a simulated crew takes: a valid PNG with the time stamped into it."""

from __future__ import annotations

import struct
import zlib

import numpy as np

WIDTH, HEIGHT = 320, 240
# Digits, colon and dash as 3 x 5 dots, one number a row.
DOTS = {
    "0": (7, 5, 5, 5, 7), "1": (2, 6, 2, 2, 7), "2": (7, 1, 7, 4, 7), "3": (7, 1, 7, 1, 7),
    "4": (5, 5, 7, 1, 1), "5": (7, 4, 7, 1, 7), "6": (7, 4, 7, 5, 7), "7": (7, 1, 1, 1, 1),
    "8": (7, 5, 7, 5, 7), "9": (7, 5, 7, 1, 7), ":": (0, 2, 0, 2, 0), "-": (0, 0, 7, 0, 0),
}  # fmt: skip


def picture(stamp: str, tint: int) -> bytes:
    """A PNG of a round lid on paving with ``stamp`` (digits, ``-``, ``:``) in the corner.

    >>> picture("2026-11-24 14:32", 3)[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    rng = np.random.default_rng([tint, *stamp.encode()])
    base = np.array([110 + tint % 40, 112, 108 - tint % 20], dtype=np.int16)
    image = base + rng.integers(-9, 10, size=(HEIGHT, WIDTH, 1), dtype=np.int16)
    rows, cols = np.mgrid[0:HEIGHT, 0:WIDTH]
    image[(rows % 40 < 2) | (cols % 54 < 2)] -= 25
    lid = np.hypot(rows - 120.0, cols - 160.0)
    image[lid < 74] = (64, 62, 60)
    image[(lid < 68) & ((rows + cols) % 14 < 7)] = (82, 80, 77)
    image[(lid >= 70) & (lid < 74)] = (40, 40, 40)
    for place, letter in enumerate(stamp):
        for row, bits in enumerate(DOTS.get(letter, ())):
            for col in range(3):
                if bits >> (2 - col) & 1:
                    top, left = 218 + 3 * row, 12 + 12 * place + 3 * col
                    image[top : top + 3, left : left + 3] = (255, 214, 80)
    return _png(np.clip(image, 0, 255).astype(np.uint8))


def _png(pixels: np.ndarray) -> bytes:
    height, width, _ = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
