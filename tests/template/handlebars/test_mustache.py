"""The Mustache specification, run on a Handlebars engine with ``compat``; where the two languages differ, each case is
named.

Every difference is in docs/protocols/handlebars.md with its reason. A case that is said to differ and does not any more
fails, too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kvit.template.handlebars import Engine, Options, TemplateError
from kvit.template.handlebars.escape import html

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("KVIT_SHARED", ROOT.parent / "shared")) / "data" / "mustache-spec"

DIFFERENT: dict[str, str] = {
    "delimiters": "delimiters can not be changed in Handlebars",
    "partials: Failed Lookup": "a partial that does not exist is an error in Handlebars",
    "partials: Standalone Indentation": "Handlebars indents every line of a partial, those of its values too",
    "~inheritance": "{{< }} and {{$ }} are not Handlebars; partial blocks and inline partials do the same",
    "~dynamic-names": "{{>*name}} is written {{> (lookup . 'name')}} in Handlebars",
    "~lambdas": "functions in the data are not called: data are no code",
    "~lambdas: Inverted Section": "",
}
"""By file, or file and case; the case goes first."""


def cases() -> list[Any]:
    if not FOLDER.is_dir():
        return [
            pytest.param("", {}, marks=pytest.mark.skip(reason="the Mustache specification is not here"), id="absent")
        ]
    return [
        pytest.param(file.stem, case, id=f"{file.stem}: {case['name']}")
        for file in sorted(FOLDER.glob("*.json"))
        for case in json.loads(file.read_text("utf-8"))["tests"]
    ]


def filled(case: dict[str, Any]) -> str:
    engine = Engine(html, partials=case.get("partials"), options=Options(compat=True))
    return engine.compile(case["template"]).render(case["data"])


@pytest.mark.parametrize(("file", "case"), cases())
def test_mustache(file: str, case: dict[str, Any]) -> None:
    why = DIFFERENT.get(f"{file}: {case['name']}", DIFFERENT.get(file, ""))
    try:
        same = filled(case) == case["expected"]
    except TemplateError:
        same = False
    assert same == (not why), why
