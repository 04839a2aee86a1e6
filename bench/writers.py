"""Other encoders making the standard receipt, each in a process of its own, warm, told round by round what to make.

* python-escpos (PyPI) on its Dummy printer, QR by the head; its pictures stay open.
* receiptline (npm): a ReceiptLine document made anew each time; it always draws QR codes.
* @point-of-sale/receipt-printer-encoder (npm) with one fixed code page: with automatic ones it takes eighty times as long.
* node-thermal-printer (npm).

Columns are laid out by whatever the peer has for it; where it has nothing, by padding. Every receipt has other prices and
another QR code, as ours have. Only processor time counts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.peers import FOLDER, installs

PYTHON_ESCPOS = "3.1"
NODE_PACKAGES = {
    "receiptline": "4.0.4",
    "@point-of-sale/receipt-printer-encoder": "4.0.1",
    "node-thermal-printer": "4.6.1",
}
SECONDS = 0.7

NODE = r"""
const path = require('path'), fs = require('fs'), readline = require('readline');
const at = name => require(path.join(process.argv[1], 'node_modules', name));
const facts = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const logo = fs.readFileSync(process.argv[3]);
const receiptline = at('receiptline'), Encoder = at('@point-of-sale/receipt-printer-encoder');
const { ThermalPrinter, PrinterTypes, CharacterSet } = at('node-thermal-printer');
const { PNG } = at('pngjs');
const open = PNG.sync.read(logo);
const image = { data: new Uint8ClampedArray(open.data), width: open.width, height: open.height };
const W = facts.widths;
const items = (r, n) => r.items.map((i, k) => [i[0], i[1], i[2], (n % 97) + '.' + String(k).padStart(2, '0')]);
const qr = n => facts.qr + String(n).padStart(6, '0');
const all = r => [...r.sums, ...r.pay, ...r.points];
const escape = text => text.replace(/[\\|{}~_"`^]/g, c => '\\' + c);

function line(r, n, mix, pictured) {
  let d = pictured ? '{image:' + logo.toString('base64') + '}\n' : '';
  d += '"' + escape(r.shop) + '\n' + r.lines.map(escape).join('\n') + '\n-\n{width:' + W.join(' ') + '}\n';
  const cell = (c, k) => k ? ' ' + escape(c) : escape(c) + ' ';
  for (const row of [r.head, ...items(r, n)]) d += '|' + row.map(cell).join('|') + '|\n';
  d += '{width:*}\n-\n{width:* 14}\n';
  for (const [a, b] of r.sums) d += '|' + escape(a) + ' | ' + escape(b) + '|\n';
  d += '|"^^' + escape(r.total[0]) + ' | "^^' + escape(r.total[1]) + '|\n';
  for (const [a, b] of [...r.pay, ...r.points]) d += '|' + escape(a) + ' | ' + escape(b) + '|\n';
  d += '{width:*}\n{code:' + qr(n) + ';option:qrcode,4,m}\n{code:' + facts.ean13 + ';option:ean,hri}\n';
  d += r.thanks.map(escape).join('\n') + '\n=\n';
  return receiptline.transform(d, { cpl: 48, encoding: mix ? 'ksc5601' : 'cp437', command: 'escpos' }).length;
}

function rpe(r, n, mix, pictured) {
  let e = new (Encoder.default || Encoder)({ language: 'esc-pos', columns: 48 });
  e = e.initialize().codepage(mix ? 'cp866' : 'cp437').align('center');
  if (pictured) e = e.image(image, image.width, image.height, 'threshold', 128);
  e = e.bold(true).line(r.shop).bold(false);
  for (const text of r.lines) e = e.line(text);
  e = e.align('left').rule();
  const columns = W.map((width, k) => ({ width: width - (k ? 1 : 0), align: k ? 'right' : 'left', marginLeft: k ? 1 : 0 }));
  e = e.table(columns, [r.head, ...items(r, n)]).rule();
  const two = [{ width: 30, align: 'left' }, { width: 18, align: 'right' }];
  e = e.table(two, r.sums).bold(true).height(2).table(two, [r.total]).height(1).bold(false);
  e = e.table(two, [...r.pay, ...r.points]).align('center');
  e = e.qrcode(qr(n), { model: 2, size: 4, errorlevel: 'm' }).barcode(facts.ean13, 'ean13', { height: 80, text: true });
  for (const text of r.thanks) e = e.line(text);
  return e.cut().encode().length;
}

function ntp(r, n, mix, pictured) {
  const p = new ThermalPrinter({
    type: PrinterTypes.EPSON, interface: '/dev/null', width: 48,
    characterSet: mix ? CharacterSet.KOREA : CharacterSet.PC437_USA,
  });
  p.alignCenter(); p.bold(true); p.println(r.shop); p.bold(false);
  for (const text of r.lines) p.println(text);
  p.alignLeft(); p.drawLine();
  for (const row of [r.head, ...items(r, n)])
    p.tableCustom(row.map((text, k) => ({ text, align: k ? 'RIGHT' : 'LEFT', cols: W[k] })));
  p.drawLine();
  for (const [a, b] of r.sums) p.leftRight(a, b);
  p.bold(true); p.setTextDoubleHeight(); p.leftRight(r.total[0], r.total[1]); p.setTextNormal(); p.bold(false);
  for (const [a, b] of [...r.pay, ...r.points]) p.leftRight(a, b);
  p.alignCenter(); p.printQR(qr(n), { cellSize: 4, correction: 'M', model: 2 });
  p.printBarcode(facts.ean13, 67, { hriPos: 2, height: 80 });
  for (const text of r.thanks) p.println(text);
  p.cut();
  return p.getBuffer().length;
}

const peers = { line, rpe, ntp };
readline.createInterface({ input: process.stdin }).on('line', asked => {
  const { peer, mix, pictured, seconds } = JSON.parse(asked);
  const r = facts.receipts[mix ? 'mix' : 'en'];
  let count = 0, bytes = 0, used = 0;
  const start = process.cpuUsage();
  while (used < seconds * 1e6) {
    for (let k = 0; k < 10; k++) bytes = peers[peer](r, count++, mix, pictured);
    const now = process.cpuUsage(start);
    used = now.user + now.system;
  }
  console.log(JSON.stringify({ per_second: count / (used / 1e6), bytes }));
});
"""

PYTHON = r"""
import contextlib, io, json, sys, time
from PIL import Image
from escpos.printer import Dummy

facts = json.load(open(sys.argv[1], encoding='utf-8'))
logo = Image.open(sys.argv[2])
logo.load()
widths = facts['widths']

def rows(cells):
    left, rest = cells[0], ''.join(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))
    words, lines = left.split(' '), ['']
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > widths[0]:
            lines.append(word)
        else:
            lines[-1] += (' ' if lines[-1] else '') + word
    return [lines[0].ljust(widths[0]) + rest, *lines[1:]]

def receipt(p, r, n, pictured):
    p.clear()
    p.hw('INIT')
    p.set(align='center', bold=True)
    if pictured:
        p.image(logo)
    p.textln(r['shop'])
    p.set(align='center', bold=False)
    for text in r['lines']:
        p.textln(text)
    p.set(align='left')
    p.textln('-' * 48)
    for item in [r['head'], *([*i[:3], f'{n % 97}.{k:02}'] for k, i in enumerate(r['items']))]:
        for text in rows(item):
            p.textln(text)
    p.textln('-' * 48)
    for a, b in r['sums']:
        p.textln(a + b.rjust(48 - len(a)))
    p.set(bold=True, double_height=True)
    p.textln(r['total'][0] + r['total'][1].rjust(48 - len(r['total'][0])))
    p.set(bold=False, normal_textsize=True)
    for a, b in [*r['pay'], *r['points']]:
        p.textln(a + b.rjust(48 - len(a)))
    p.set(align='center')
    p.qr(facts['qr'] + f'{n:06}', native=True, size=4)
    p.barcode(facts['ean13'], 'EAN13', height=80, width=2, pos='BELOW')
    for text in r['thanks']:
        p.textln(text)
    p.cut()
    return len(p.output)

printer = Dummy()
for asked in sys.stdin:
    asked = json.loads(asked)
    r = facts['receipts']['mix' if asked['mix'] else 'en']
    start, count = time.process_time(), 0
    with contextlib.redirect_stdout(io.StringIO()):
        while time.process_time() - start < asked['seconds']:
            size = receipt(printer, r, count, asked['pictured'])
            count += 1
    print(json.dumps({'per_second': count / (time.process_time() - start), 'bytes': size}), flush=True)
"""


class Writer:
    """A process that makes receipts when asked."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment,
        )  # fmt: skip

    def ask(self, **wish: Any) -> dict[str, float]:
        """One round: receipts per second and the bytes of one."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps({"seconds": SECONDS, **wish}) + "\n")
        self._child.stdin.flush()
        said: dict[str, float] = json.loads(self._child.stdout.readline())
        return said

    def close(self) -> None:
        """End the process."""
        self._child.terminate()
        self._child.wait()


def node(facts: Path, logo: Path) -> Writer | None:
    """The three npm packages in one Node; None where Node or the registry is missing."""
    folder = FOLDER / "receipts-npm"
    if not all((folder / "node_modules" / name).exists() for name in NODE_PACKAGES):
        if not shutil.which("npm"):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        names = [f"{name}@{version}" for name, version in NODE_PACKAGES.items()]
        if not installs(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *names], folder):
            return None
    return Writer(["node", "-e", NODE, "--", str(folder), str(facts), str(logo)])


def python_escpos(facts: Path, logo: Path) -> Writer | None:
    """python-escpos with what it needs in a folder of its own; None where there is no registry."""
    folder = python_escpos_folder()
    if folder is None:
        return None
    return Writer([sys.executable, "-c", PYTHON, str(facts), str(logo)], {"PYTHONPATH": str(folder)})


def python_escpos_folder() -> Path | None:
    """Where python-escpos lies."""
    folder = FOLDER / "escpos"
    if not (folder / "escpos").exists():
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--target",
            str(folder),
            f"python-escpos=={PYTHON_ESCPOS}",
        ]
        if not installs(command, None):
            return None
    return folder
