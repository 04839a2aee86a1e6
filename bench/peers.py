"""Other people's programs, installed from the registries into a throw-away folder and run beside us.

Nothing of them lies in this tree. What does not install, or can not do a row, shows "-".

* npos (npm): the one tokeniser of ESC/POS on npm; its tree, and its text by iconv-lite in a code page it is told.
* Flask with the standard library's sqlite3: a print server as one writes it first, one commit a receipt.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / "kvit-bench-peers"
NPOS = "0.1.19"
INSTALL_S = 180
NODE = r"""
const fs = require('fs'), path = require('path'), readline = require('readline');
const npos = require(path.join(process.argv[1], 'node_modules', 'npos'));
const iconv = require(path.join(process.argv[1], 'node_modules', 'iconv-lite'));
const all = fs.readFileSync(process.argv[2]);
const streams = [];
for (let at = 0; at < all.length;) {
  const size = all.readUInt32BE(at);
  streams.push(all.subarray(at + 4, at + 4 + size));
  at += 4 + size;
}
const parser = npos.parser();
async function text(stream) {
  const ast = await parser.parse(stream);
  return ast.entries.filter(e => e.type === 'text').map(e => iconv.decode(e.data, 'GB18030')).join('');
}
async function round(what) {
  let refused = 0, letters = 0;
  const start = process.cpuUsage();
  for (const stream of streams) {
    try {
      if (what === 'tokens') letters += (await parser.parse(stream)).tree.length;
      else letters += (await text(stream)).length;
    } catch (error) { refused++; }
  }
  const used = process.cpuUsage(start), seconds = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({seconds, refused, letters}));
}
readline.createInterface({input: process.stdin}).on('line', round);
console.log(JSON.stringify({node: process.version, count: streams.length}));
"""


class Npos:
    """npos in a Node process of its own, warm, with the receipts in its memory; by processor time, as we."""

    def __init__(self, folder: Path, streams: Sequence[bytes]) -> None:
        self._count, self._bytes = len(streams), sum(map(len, streams))
        with tempfile.NamedTemporaryFile(delete=False) as file:
            for stream in streams:
                file.write(len(stream).to_bytes(4, "big") + stream)
        self._file = Path(file.name)
        command = ["node", "-e", NODE, "--", str(folder), file.name]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.node = self._said()["node"]
        self.refused = 0
        """Streams it threw at in the last round; their bytes are counted in its favour."""

    def bytes_per_second(self) -> float:
        """One round of making the tree of every stream."""
        return self._bytes / self._round("tokens")

    def texts_per_second(self) -> float:
        """One round of text out of every stream."""
        return self._count / self._round("text")

    def close(self) -> None:
        """End the process."""
        self._child.terminate()
        self._child.wait()
        self._file.unlink()

    def _round(self, what: str) -> float:
        assert self._child.stdin is not None
        self._child.stdin.write(what + "\n")
        self._child.stdin.flush()
        said = self._said()
        self.refused = int(said["refused"])
        return float(said["seconds"])

    def _said(self) -> dict[str, float]:
        assert self._child.stdout is not None
        answer: dict[str, float] = json.loads(self._child.stdout.readline())
        return answer


def npos(streams: Sequence[bytes]) -> Npos | None:
    """Start npos; None where Node or the registry is missing."""
    folder = FOLDER / "npm"
    if not (folder / "node_modules" / "npos").exists():
        if not shutil.which("npm"):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", f"npos@{NPOS}"]
        if not installs(command, folder):
            return None
    return Npos(folder, streams)


def flask() -> Path | None:
    """Install Flask beside us; give the folder for PYTHONPATH, None where there is no registry."""
    folder = FOLDER / "python"
    if not (folder / "flask").exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), "flask", "waitress"]
        if not installs(command, None):
            return None
    return folder


def installs(command: list[str], folder: Path | None) -> bool:
    try:
        return subprocess.run(command, cwd=folder, timeout=INSTALL_S, capture_output=True).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
