"""Templates to text and to bytes: a receipt of 12 items and 50 lines, beside other engines in the same rounds.

    python -m bench.templates [--rounds 5]

Every filling has another number in its data. *For paper* nothing is escaped, *for a page* HTML is. Handlebars engines
get the same template; chevron and Jinja2, whose languages differ, get one that gives the same lines. handlebars.js runs
in Node (data in its memory) and in quickjs-ng in a process of its own, which is handed JSON and hands back JSON, as
delivered scripts do; the way over a pipe is not counted. All by the time of their processor. *First template ready* is
importing the engine and compiling in a fresh interpreter, byte code at hand; msgspec and refusals are imported in every
process of ours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.figure import KVIT, Figure, Row, in_turn, table
from bench.peers import FOLDER, installs
from kvit.escpos import load_profile
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.template.form import Form
from kvit.template.handlebars import Engine
from kvit.template.handlebars.escape import Escape, html, paper

SECONDS = 0.5
PYTHON_PEERS = {"chevron": "0.14.0", "pybars3": "0.9.7", "jinja2": "3.1.6", "quickjs-ng": "0.17.0.2"}
JS_PEERS = {"handlebars": "4.7.10"}
FILLED, PRINTED, COMPILED_MS, READY_MS = 5_000, 3_000, 5, 5

HEAD = """{{shop.name}}
{{shop.address}}
Tel {{shop.phone}}
--------------------------------
Receipt {{number}}  {{date}} {{time}}
Cashier {{cashier}}
"""
TEMPLATE = (
    HEAD
    + """{{#if table}}Table {{table}}
{{/if}}--------------------------------
{{#each items}}
{{name}}
  {{quantity}} x {{price}}    {{sum}}
{{#if discount}}  discount -{{discount}}
{{/if}}{{/each}}
--------------------------------
Subtotal   {{subtotal}}
{{#each taxes}}
{{name}} {{rate}}%   {{sum}}
{{/each}}
TOTAL      {{total}}
{{#each payments}}
{{kind}}   {{sum}}
{{/each}}
{{#if change}}Change {{change}}
{{/if}}--------------------------------
{{#with customer}}
Customer {{name}}
Points {{points}} (+{{earned}})
{{/with}}
{{#unless paid}}NOT PAID
{{/unless}}Thank you, {{customer.name}}!
{{marketing}}
"""
)
MUSTACHE = (
    TEMPLATE.replace("{{#if table}}", "{{#table}}").replace("{{table}}\n{{/if}}", "{{table}}\n{{/table}}")
    .replace("{{#if discount}}", "{{#discount}}").replace("{{discount}}\n{{/if}}", "{{discount}}\n{{/discount}}")
    .replace("{{#if change}}", "{{#change}}").replace("{{change}}\n{{/if}}", "{{change}}\n{{/change}}")
    .replace("{{#unless paid}}", "{{^paid}}").replace("{{/unless}}", "{{/paid}}")
    .replace("{{#with customer}}", "{{#customer}}").replace("{{/with}}", "{{/customer}}")
)  # fmt: skip
for _name in ("items", "taxes", "payments"):
    _before, _, _rest = MUSTACHE.partition(f"{{{{#each {_name}}}}}")
    MUSTACHE = _before + f"{{{{#{_name}}}}}" + _rest.replace("{{/each}}", f"{{{{/{_name}}}}}", 1)
JINJA = (
    HEAD
    + """{% if table %}Table {{table}}
{% endif %}--------------------------------
{% for item in items %}
{{item.name}}
  {{item.quantity}} x {{item.price}}    {{item.sum}}
{% if item.discount %}  discount -{{item.discount}}
{% endif %}{% endfor %}
--------------------------------
Subtotal   {{subtotal}}
{% for tax in taxes %}
{{tax.name}} {{tax.rate}}%   {{tax.sum}}
{% endfor %}
TOTAL      {{total}}
{% for payment in payments %}
{{payment.kind}}   {{payment.sum}}
{% endfor %}
{% if change %}Change {{change}}
{% endif %}--------------------------------
{% if customer %}
Customer {{customer.name}}
Points {{customer.points}} (+{{customer.earned}})
{% endif %}
{% if not paid %}NOT PAID
{% endif %}Thank you, {{customer.name}}!
{{marketing}}
"""
)
DATA: dict[str, Any] = {
    "shop": {"name": "Corner Cafe", "address": "12 Long Street", "phone": "+7 727 123 45 67"},
    "date": "2026-11-21",
    "time": "19:55",
    "cashier": "Ann",
    "table": "7",
    "subtotal": "108.00",
    "total": "108.00",
    "items": [
        {
            "name": f"Tom & Jerry's {n}",
            "quantity": "2",
            "price": "4.50",
            "sum": "9.00",
            "discount": ("1.00", "", "")[n % 3],
        }
        for n in range(12)
    ],
    "taxes": [{"name": "VAT", "rate": "12", "sum": "11.57"}, {"name": "City", "rate": "1", "sum": "1.00"}],
    "payments": [{"kind": "cash", "sum": "60.00"}, {"kind": "card", "sum": "50.00"}],
    "change": "2.00",
    "customer": {"name": "Tom", "points": "120", "earned": "10"},
    "paid": True,
    "marketing": "Come again",
}

RIGHT = {"textAlign": "right"}
ITEM = [
    {"content": f"{{{{{name}}}}}", "pagerWeight": weight}
    for name, weight in (("quantity", 5), ("price", 10), ("sum", 11))
]
LAYOUTS: list[list[dict[str, Any]]] = [
    [{"content": "{{shop.name}}", "textAlign": "center", "bold": True}],
    [{"content": "{{shop.address}}", "textAlign": "center"}],
    [{"content": "Tel {{shop.phone}}", "textAlign": "center"}],
    [{"contentType": "line", "content": "dashed"}],
    [{"content": "Receipt {{number}}"}, {"content": "{{date}} {{time}}", **RIGHT}],
    [{"content": "Cashier {{cashier}}"}],
    [{"content": "{{name}}", "pagerWeight": 22, "repeat": "items"}, *(each | RIGHT for each in ITEM)],
    [{"contentType": "line", "content": "dashed"}],
    [{"content": "Subtotal"}, {"content": "{{subtotal}}", **RIGHT}],
    [{"content": "{{name}} {{rate}}%", "repeat": "taxes"}, {"content": "{{sum}}", **RIGHT}],
    [{"content": "TOTAL", "bold": True, "fontSize": "tall"}, {"content": "{{total}}", "bold": True, **RIGHT}],
    [{"content": "{{kind}}", "repeat": "payments"}, {"content": "{{sum}}", **RIGHT}],
    [{"content": "Change"}, {"content": "{{change}}", "condition": "change", **RIGHT}],
    [{"contentType": "qrcode", "content": "https://example.org/{{number}}", "size": 4, "textAlign": "center"}],
    [{"content": "Thank you, {{customer.name}}!", "textAlign": "center"}],
]

PYTHON = r"""
import json, sys, time
given = json.loads(sys.stdin.readline())
data, seconds = given['data'], given['seconds']

def chevron_(escape):
    import chevron
    tokens = lambda: list(chevron.tokenizer.tokenize(given['mustache']))
    return chevron, tokens, lambda made, data: chevron.render(made, data)

def pybars3(escape):
    import pybars
    compiler = pybars.Compiler()
    return pybars, lambda: compiler.compile(given['template']), lambda made, data: str(made(data))

def jinja2_(escape):
    import jinja2
    house = jinja2.Environment(autoescape=escape, trim_blocks=True)
    return jinja2, lambda: house.from_string(given['jinja']), lambda made, data: made.render(data)

def quickjs(escape):
    import quickjs
    context = quickjs.Context()
    context.eval(open(given['handlebars']).read())
    context.eval('var data = null; function fill(text) { return JSON.stringify(made(JSON.parse(text))); }')
    given_js = json.dumps(given['template']), json.dumps({'noEscape': not escape})
    compile = lambda: context.eval('var made = Handlebars.compile(%s, %s); fill("{}"); 1' % given_js)
    fill = []
    def filled(made, text):
        if not fill: fill.append(context.get('fill'))
        return fill[0](text)
    return quickjs, compile, filled

makers = {'chevron': chevron_, 'pybars3': pybars3, 'Jinja2': jinja2_, 'quickjs': quickjs}
_, compile, fill = makers[given['name']](given['escape'])
made = compile()
script = given['name'] == 'quickjs'
print(json.dumps({'text': json.loads(fill(made, json.dumps(data))) if script else fill(made, data)}), flush=True)
for line in sys.stdin:
    start, count = time.process_time(), 0
    if line.startswith('compile'):
        while time.process_time() - start < seconds:
            compile()
            count += 1
    else:
        while time.process_time() - start < seconds:
            data['number'] = str(count)
            json.loads(fill(made, json.dumps(data))) if script else fill(made, data)
            count += 1
    print(json.dumps({'per_second': count / (time.process_time() - start)}), flush=True)
"""
NODE = r"""
const readline = require('readline');
let template = null, data = null, seconds = 0;
const lines = readline.createInterface({ input: process.stdin });
lines.on('line', line => {
  if (!template) {
    const given = JSON.parse(line);
    template = require(given.handlebars).compile(given.template, { noEscape: !given.escape });
    data = given.data; seconds = given.seconds;
    console.log(JSON.stringify({ text: template(data) }));
    return;
  }
  const start = process.cpuUsage();
  let count = 0, spent = 0;
  while (spent < seconds) {
    for (let k = 0; k < 500; k++, count++) { data.number = String(count); template(data); }
    const used = process.cpuUsage(start);
    spent = (used.user + used.system) / 1e6;
  }
  console.log(JSON.stringify({ per_second: count / spent }));
});
"""
READY = r"""
import datetime, decimal, re, time, typing
import msgspec, kvit.refusal
start = time.process_time()
from kvit.template.handlebars import Engine, escape
Engine(escape.paper).compile(open({path!r}).read())
print((time.process_time() - start) * 1000)
"""


class Peer:
    """Another engine in a process of its own, warm, with the template compiled."""

    def __init__(self, name: str, command: list[str], escape: bool, handlebars: str = "") -> None:
        self.name = name
        path = {"PYTHONPATH": str(FOLDER / "templates")}
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | path,
        )  # fmt: skip
        facts = {"name": name, "data": DATA | {"number": "1"}, "escape": escape, "seconds": SECONDS}
        facts |= {"template": TEMPLATE, "mustache": MUSTACHE, "jinja": JINJA, "handlebars": handlebars}
        self.text = str(self.ask(json.dumps(facts))["text"])

    def ask(self, line: str) -> Any:
        """Send a line, give the answer."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()
        return json.loads(self._child.stdout.readline())

    def filled(self) -> float:
        """Fillings a second of its processor."""
        return float(self.ask("fill")["per_second"])

    def compiled_ms(self) -> float:
        """One compilation."""
        return 1000 / float(self.ask("compile")["per_second"])

    def close(self) -> None:
        """End the process."""
        self._child.terminate()
        self._child.wait()


def peers(escape: bool) -> dict[str, Peer]:
    """Start what can be had here; what does not install or start is left out."""
    folder = FOLDER / "templates"
    if not (folder / "chevron").exists():
        wanted = [f"{name}=={version}" for name, version in PYTHON_PEERS.items()]
        installs([sys.executable, "-m", "pip", "install", "-q", "--target", str(folder), *wanted], None)
    script = folder / "node_modules" / "handlebars" / "dist" / "handlebars.min.js"
    if shutil.which("npm") and not script.exists() and folder.exists():
        (folder / "package.json").write_text("{}")
        package = f"handlebars@{JS_PEERS['handlebars']}"
        installs(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", package], folder)
    found: dict[str, Peer] = {}
    names = ["Jinja2", "pybars3", "chevron"] if escape else ["Jinja2"]
    python = [sys.executable, "-c", PYTHON]
    for name in names:
        _add(found, name, partial(Peer, name, python, escape))
    if script.exists():
        _add(found, "handlebars.js in a quickjs-ng worker", partial(Peer, "quickjs", python, escape, str(script)))
        _add(found, "handlebars.js in Node", partial(Peer, "node", ["node", "-e", NODE], escape, str(script)))
    return found


def _add(found: dict[str, Peer], name: str, start: Callable[[], Peer]) -> None:
    try:
        found[name] = start()
    except (OSError, ValueError, KeyError):
        print(f"{name} is not to be had here: left out", file=sys.stderr)


def filled(escape: Escape) -> float:
    """Our fillings a second of the processor."""
    template, data = Engine(escape).compile(TEMPLATE), dict(DATA)
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        for _ in range(50):
            data["number"] = str(count)
            template.render(data)
            count += 1
    return count / (time.process_time() - start)


def printed() -> float:
    """Receipts a second from the data by a form of layouts to ESC/POS."""
    form = Form((str(number), json.dumps(layout)) for number, layout in enumerate(LAYOUTS))
    profile, data = load_profile("epson"), dict(DATA)
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        for _ in range(20):
            data["number"] = str(count)
            write(lay_out(form.fill(data).document, profile), profile)
            count += 1
    return count / (time.process_time() - start)


def compiled_ms() -> float:
    """One compilation of ours."""
    engine = Engine(paper)
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        engine.compile(TEMPLATE)
        count += 1
    return (time.process_time() - start) / count * 1000


def ready_ms(path: Path) -> float:
    """From nothing imported to a template compiled, in a fresh interpreter."""
    source = str(Path(__file__).resolve().parents[1] / "src")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": source, "PYTHONPYCACHEPREFIX": str(FOLDER / "pycache")}
    command = [sys.executable, "-c", READY.format(path=str(path))]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def rows(rounds: int = 5) -> list[Row]:
    """Measure all rows."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "receipt.hbs"
    path.write_text(TEMPLATE, "utf-8")
    found: list[Row] = []
    for what, escape in (("for paper", paper), ("for a page", html)):
        others = peers(escape is html)
        contenders: dict[str, Callable[[], float]] = {KVIT: partial(filled, escape)}
        contenders |= {name: peer.filled for name, peer in others.items()}
        lines = len(Engine(escape).compile(TEMPLATE).render(DATA | {"number": "1"}).splitlines())
        notes = [f"Template filled, {what}: {lines} lines come out.", *_differences(escape, others)]
        found.append(Row(f"template filled, {what}", "receipts/s", in_turn(contenders, rounds), FILLED, notes=notes))
        if escape is html:
            found.append(Row("template compiled", "ms", _compiled(others, rounds), COMPILED_MS, at_most=True))
        for peer in others.values():
            peer.close()
    found.append(Row("template + data → ESC/POS bytes", "receipts/s", in_turn({KVIT: printed}, rounds), PRINTED))
    ready_ms(path)
    ready = in_turn({KVIT: partial(ready_ms, path)}, 2 * rounds)
    return [*found, Row("first template ready, its import and all", "ms", ready, READY_MS, at_most=True)]


def _compiled(others: dict[str, Peer], rounds: int) -> dict[str, Figure]:
    contenders: dict[str, Callable[[], float]] = {KVIT: compiled_ms}
    contenders |= {name: each.compiled_ms for name, each in others.items() if each.name not in ("node", "quickjs")}
    return in_turn(contenders, rounds)


def _differences(escape: Escape, others: dict[str, Peer]) -> list[str]:
    """Who gives other letters than handlebars.js and we."""
    ours = Engine(escape).compile(TEMPLATE).render(DATA | {"number": "1"})
    other = [name for name, peer in others.items() if peer.text.split() != ours.split()]
    blank = [name for name, peer in others.items() if peer.text.count("\n") != ours.count("\n")]
    return [
        *([f"Other words than ours come from: {', '.join(other)} (other escapes)."] if other else []),
        *([f"Another number of lines comes from: {', '.join(blank)}."] if blank else []),
    ]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    measured = rows(options.parse_args().rounds)
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
