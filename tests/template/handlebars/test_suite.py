"""The published cases of Handlebars 4.7, run on our engine.

They are not part of this tree: the npm package `handlebars-spec` is AGPL (its cases are handlebars.js's, MIT). They are
looked for in the folder ``KVIT_HANDLEBARS_SPEC`` names, then under ``node_modules/handlebars-spec/spec`` beside the
source; ``.ci/run`` brings them where npm's registry is reached. By hand::

    npm pack handlebars-spec@104.7.106 && tar xzf handlebars-spec-*.tgz
    KVIT_HANDLEBARS_SPEC=$PWD/package/spec ./kvit test tests/template/handlebars/test_suite.py

449 cases are of the language: all files but ``tokenizer`` and ``parser`` (157, run too, against our lexer and parser),
``track-ids`` (17) and ``string-params`` (8), which are inners of handlebars.js that its next version drops.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.template.handlebars import (
    Engine,
    MissingHelperError,
    MissingPartialError,
    MissingValueError,
    Options,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.handlebars.errors import Source
from kvit.template.handlebars.escape import html
from kvit.template.handlebars.lexer import tokenise
from kvit.template.handlebars.parser import parse
from kvit.template.handlebars.values import HOLE
from kvit.template.handlebars.whitespace import control
from tests.template.handlebars.functions import FUNCTIONS, PARTIALS, digest
from tests.template.handlebars.outline import outline

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (os.environ.get("KVIT_HANDLEBARS_SPEC", ""), str(ROOT / "node_modules" / "handlebars-spec" / "spec"))
FILES = (
    "basic", "blocks", "builtins", "data", "helpers", "partials", "regressions", "strict", "subexpressions",
    "whitespace-control",
)  # fmt: skip
COUNT = 449

KINDS: tuple[tuple[str, type[TemplateError]], ...] = (
    ("Parse error|Invalid path|doesn't match|Unexpected|Unsupported|exactly one|Must pass", TemplateSyntaxError),
    ("Missing helper", MissingHelperError),
    ("could not", MissingPartialError),
    ("not defined", MissingValueError),
)
"""Their sentences, and which error of ours is meant."""


def folder() -> Path | None:
    return next((Path(name) for name in FOLDERS if name and (Path(name) / "basic.json").exists()), None)


def cases(*files: str) -> list[Any]:
    return list(_cases(*files))


def _cases(*files: str) -> Iterator[Any]:
    found = folder()
    if found is None:
        reason = "the package handlebars-spec is not here; see the head of this file"
        yield pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")
        return
    for name in files:
        for number, case in enumerate(json.loads((found / f"{name}.json").read_text("utf-8"))):
            yield pytest.param(case, id=f"{name}-{number}")


def value(given: Any) -> Any:
    """Data of a case: functions become ours, sparse lists get holes."""
    if isinstance(given, list):
        return [value(each) for each in given]
    if not isinstance(given, dict):
        return given
    if given.get("!code"):
        return FUNCTIONS[digest(given["javascript"])] if "javascript" in given else None
    if given.get("!sparsearray"):
        places = {int(key): value(each) for key, each in given.items() if key.isdigit()}
        return [places.get(place, HOLE) for place in range(max(places) + 1)]
    return {key: value(each) for key, each in given.items()}


def partial(given: Any) -> Any:
    return PARTIALS[digest(given["javascript"])] if isinstance(given, dict) else given


MODES = {
    "strict": "strict", "assumeObjects": "assume_objects", "compat": "compat", "knownHelpersOnly": "known_only",
    "preventIndent": "prevent_indent", "ignoreStandalone": "ignore_standalone", "stringParams": "string_params",
    "explicitPartialContext": "explicit_partial_context",
}  # fmt: skip


def options(given: dict[str, Any]) -> Options:
    known = frozenset(given.pop("knownHelpers", ()))
    given.pop("data", None)  # "no data variables" only spares handlebars.js some code
    return Options(lambdas=True, known=known, **{MODES[key]: chosen for key, chosen in given.items()})


def filled(case: dict[str, Any]) -> str:
    engine = Engine(
        html,
        helpers={key: found for key, each in case.get("helpers", {}).items() if (found := value(each)) is not None},
        partials={key: partial(each) for key, each in case.get("partials", {}).items()},
        decorators={key: value(each) for key, each in case.get("decorators", {}).items()},
        options=options(dict(case.get("compileOptions", {}))),
    )
    variables = case.get("runtimeOptions", {}).get("data") or None
    return engine.compile(case["template"]).render(value(case.get("data")), value(variables))


@pytest.mark.parametrize("case", cases(*FILES))
def test_the_language(case: dict[str, Any]) -> None:
    if "exception" not in case:
        assert filled(case) == case["expected"]
        return
    with pytest.raises(TemplateError) as raised:
        filled(case)
    wanted = str(case["exception"])
    kinds = [kind for pattern, kind in KINDS if re.search(pattern, wanted)]
    assert not kinds or isinstance(raised.value, kinds[0])
    if place := re.search(r" - (\d+):(\d+)$", wanted):
        assert (raised.value.line, raised.value.column) == (int(place[1]), int(place[2]) + 1)


@pytest.mark.parametrize("case", cases("tokenizer"))
def test_the_tokens(case: dict[str, Any]) -> None:
    wanted = [(each["name"], each["text"]) for each in case["expected"]]
    try:
        found = [(token.kind, token.text) for token in tokenise(Source(case["template"]))]
    except TemplateSyntaxError:
        assert wanted[-1][0] in ("ID", "INVALID")
        return
    assert found == wanted


@pytest.mark.parametrize("case", cases("parser"))
def test_the_tree(case: dict[str, Any]) -> None:
    if "exception" not in case:
        assert outline(control(parse(Source(case["template"])))) == case["expected"]
        return
    with pytest.raises(TemplateSyntaxError) as raised:
        parse(Source(case["template"]))
    if line := re.search(r"on line (\d+)", str(case["exception"])):
        assert raised.value.line == int(line[1])


@pytest.mark.skipif(folder() is None, reason="the package handlebars-spec is not here")
def test_all_cases_were_found() -> None:
    assert len(cases(*FILES)) == COUNT
