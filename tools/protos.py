"""Make the modules of the OFD protocol from their schemas, or say which differ from what is committed.

    python tools/protos.py          write src/kvit/fiscal/ofd/proto/*_pb2.py
    python tools/protos.py --check  exit with 1 where one would change

The generator is the pinned grpcio-tools; it must not be newer than the protobuf that runs (reference of both: their
releases carry the version of the generated code).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("kvit/fiscal/ofd/proto")


def made(target: Path) -> list[Path]:
    """Make the modules under ``target``; give their places below it."""
    schemas = sorted((ROOT / "src" / FOLDER).glob("*.proto"))
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"-I{ROOT / 'src'}",
        f"--python_out={target}",
    ]
    subprocess.run([*command, *map(str, schemas)], check=True)
    return sorted(path.relative_to(target) for path in (target / FOLDER).glob("*_pb2.py"))


def differing() -> list[str]:
    """Name the modules that are not what the schemas give."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name)
        return [str(path) for path in made(target) if not _same(target / path, ROOT / "src" / path)]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def main(arguments: list[str]) -> int:
    """Write the modules, or compare them."""
    if arguments != ["--check"]:
        made(ROOT / "src")
        return 0
    wrong = differing()
    print("\n".join(wrong) or "as committed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
