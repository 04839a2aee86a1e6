"""What the JavaScript functions of the Handlebars suite do, in Python.

The suite's cases hold JavaScript text. None of it is run, and none is kept here: a function is found by the first eight
digits of the SHA-256 of its text, runs of whitespace being one space. Arguments beyond those a function knows are
dropped, as JavaScript does.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from kvit.template.handlebars import Block, Call, SafeString
from kvit.template.handlebars.escape import html
from kvit.template.handlebars.values import write


def digest(script: str) -> str:
    return hashlib.sha256(" ".join(script.split()).encode()).hexdigest()[:8]


def js(value: Any) -> str:
    """Text as JavaScript's ``+`` makes it."""
    return "undefined" if value is None else write(value)


def joined(*parts: Any) -> str:
    return "".join(map(js, parts))


def says(text: Any) -> Callable[..., Any]:
    return lambda call, *rest: text


def prefixed(text: str) -> Callable[..., str]:
    return lambda call, value=None, *rest: joined(text, value)


def this(name: str) -> Callable[..., Any]:
    return lambda call, *rest: call.context.get(name)


def filled(*context: Any, **variables: Any) -> Callable[..., str]:
    """Fill the block once: with ``this``, or with what is given."""
    return lambda call, *rest: call.fn(
        context[0] if context else call.context, variables.get("data"), variables.get("params", ())
    )


def around(before: str, behind: str) -> Callable[..., str]:
    return lambda call, *rest: before + call.fn(rest[0] if rest else call.context) + behind


def number(value: Any) -> Any:
    return value if isinstance(value, int | Decimal) and not isinstance(value, bool) else "NaN"


def truth(value: Any) -> Any:
    return value if isinstance(value, bool) else "NaB"


def let(call: Call) -> str:
    return call.fn(call.context, call.frame() | dict(call.hash))


def deeper(call: Call) -> str:
    return call.fn(call.context, call.frame() | {"depth": call.data["depth"] + 1})


def thrice(context: Any = None) -> Callable[..., str]:
    def helper(call: Call) -> str:
        chosen = call.context if context is None else context
        return "".join(f"{word} {call.fn(chosen)}! " for word in ("Goodbye", "goodbye", "GOODBYE"))

    return helper


def listed(call: Call, items: list[Any]) -> str:
    if not items:
        return f"<p>{call.inverse(call.context)}</p>"
    return f"<ul>{''.join(f'<li>{call.fn(item)}</li>' for item in items)}</ul>"


def link(call: Call, prefix: str) -> str:
    return f'<a href="{prefix}/{call.context["url"]}">{call.context["text"]}</a>'


def link_block(call: Call, prefix: str) -> str:
    return f'<a href="{prefix}/{call.context["url"]}">{call.fn(call.context)}</a>'


def printing(call: Call, *rest: Any) -> str:
    if call.hash["print"] is not True:
        return "NOT PRINTING" if call.hash["print"] is False else "THIS SHOULD NOT HAPPEN"
    tail = call.fn(call.context) if call.block else call.hash["world"]
    return f"GOODBYE {call.hash['cruel']} {tail}"


def times(call: Call) -> str:
    return joined(" ", call.hash["times"], " TIMES")


def missing_link(call: Call, message: Any = None) -> Any:
    return SafeString(f"<a>{message or 'winning'}</a>") if call.name == "link_to" else None


def named(before: str) -> Callable[..., str]:
    return lambda call, *rest: before + call.name


_numbers = itertools.count(1)


def counted(call: Call) -> str:
    """The outer and the inner block with parameters get 1, 2 and 3, 4."""
    global _numbers
    if call.context == {"value": "foo"}:
        _numbers = itertools.count(1)
    params = (next(_numbers), next(_numbers)) if call.fn.block_params == 1 else ()
    return call.fn({"value": "bar"}, None, params)


def one_name(*context: Any) -> Callable[..., str]:
    def helper(call: Call) -> str:
        assert call.fn.block_params == 1
        return call.fn(context[0] if context else call.context, None, (1, 2))

    return helper


def equal(call: Call, first: Any = None, second: Any = None) -> bool:
    return type(first) is type(second) and bool(first == second)


_last: list[Call] = []


def equal_once(call: Call, first: Any = None, second: Any = None) -> bool:
    assert call not in _last
    _last[:] = [call]
    return equal(call, first, second)


def added(call: Call, value: Any, other: Any = None) -> Any:
    other = value if other is None else other
    return joined(value, other)


def input_field(call: Call) -> SafeString:
    label, hint = (value if isinstance(value, SafeString) else html(value) for value in call.hash.values())
    assert list(call.hash) == ["aria-label", "placeholder"]
    return SafeString(f'<input aria-label="{label}" placeholder="{hint}" />')


def strictly_hashed(call: Call) -> str:
    assert "value" in call.hash
    assert call.hash["value"] is None
    return "success"


# decorators


def runs(text: str) -> Callable[..., None]:
    def decorator(block: Block, call: Call) -> None:
        block.props["run"] = text

    return decorator


def runs_block(block: Block, call: Call) -> None:
    block.props["run"] = call.fn()


def runs_nested(block: Block, call: Call) -> None:
    block.props["run"] = call.fn.props["nested"] + call.fn()


def nested(block: Block, call: Call) -> None:
    block.props["nested"] = call.fn()


def runs_more(block: Block, call: Call) -> None:
    block.props["run"] = block.props.get("run", "") + call.fn()


def runs_arguments(block: Block, call: Call, *arguments: Any) -> None:
    block.props["run"] = list(arguments)


def expects(wanted: Any) -> Callable[..., None]:
    def decorator(block: Block, call: Call, value: Any) -> None:
        assert value == wanted

    return decorator


# names instead of values


def outer_types(call: Call, first: Any, second: Any) -> str:
    assert (first, call.types) == ("foo", ("SubExpression", "PathExpression"))
    return f"{first}{second}"


def inner_types(call: Call, first: Any) -> Any:
    assert call.types == ("PathExpression",)
    return first


def hash_type(call: Call) -> str:
    assert call.hash_types == {"fun": "SubExpression"}
    return joined("val is ", call.hash["fun"])


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "0ec2b8b2": lambda call, one, two: f"{js(one is None)} {js(two is None)} object",
    "bb1277e7": says("undefined!"),
    "db3792b7": says("null!"),
    "8aaae954": says(SafeString("&'\\<>")),
    "a2af1615": says("Awesome"),
    "f67a920f": this("more"),
    "60931c2e": lambda call, context=None: context,
    "90b496ff": lambda call, context: call.fn(context),
    "3cabf8e6": filled(),
    "bbaf50c0": lambda call: call.context,
    "35cbfa4f": prefixed("bar "),
    "77ab33dc": lambda call, value: value,
    "228d9b6d": prefixed("bar"),
    "12b882af": says("bar"),
    "fd1deada": lambda call, value: value,
    "95064e13": lambda call: call.fn.props["run"],
    "23f04132": runs("success"),
    "5dad64f0": lambda call: call.fn() + call.fn.props["run"],
    "dbbca594": runs("cess"),
    "de085f3c": runs_block,
    "b707b9e6": runs_nested,
    "4e6d5aa5": nested,
    "da79537e": runs_more,
    "d9700390": runs_arguments,
    "b02f70ee": expects("success"),
    "ac6bbf01": expects(None),
    "82bdc94b": says(True),
    "ec822189": this("world"),
    "d30e5fe5": says(False),
    "511dadf2": this("foo"),
    "b0dd52ac": says({"first": "Alan", "last": "Johnson"}),
    "b166b98d": lambda call: call.data.get("exclaim"),
    "40ac8c8a": says([{"text": "goodbye"}, {"text": "Goodbye"}, {"text": "GOODBYE"}]),
    "9c2c623c": lambda call: f"{call.data['adjective']} {call.context['noun']}",
    "0163a898": let,
    "b5c5fbbd": prefixed("Hello "),
    "272b58f2": lambda call: joined("Hello ", call.hash["noun"]),
    "6e3cdf7b": says("hello"),
    "beb2e4a8": lambda call, noun: joined(call.data["adjective"], " ", noun, "!" if call.context.get("exclaim") else ""),
    "aa09ede8": lambda call: joined(call.data["adjective"], " world", "!" if call.context.get("exclaim") else ""),
    "06d12832": filled({"exclaim": "?"}),
    "43df883c": lambda call, thing: joined(call.data["adjective"], " ", thing, call.context.get("exclaim") or ""),
    "b3c45f57": lambda call: joined(call.data["accessData"], " ", call.fn({"exclaim": "?"})),
    "8d47aa59": filled({"exclaim": "?", "zomg": "world"}, data={"adjective": "sad"}),
    "2c8134af": filled({"exclaim": "?"}, data={"adjective": "sad"}),
    "c37c837f": deeper,
    "99eb1a39": link,
    "691d0e3d": lambda call: call.fn(),
    "63a885a3": lambda call, *numbers: joined(call.fn(), *numbers),
    "50781388": thrice(),
    "49646a9c": thrice({}),
    "f111b5bf": link_block,
    "0abd0fa0": says(None),
    "439bf24d": filled({"text": "GOODBYE"}),
    "1c13eb99": around("<form>", "</form>"),
    "115e37e7": lambda call: f'<a href="/people/{call.context["id"]}">{call.fn(call.context)}</a>',
    "3d079735": around("<form>", "</form>"),
    "99fc1abe": lambda call: f'<a href="{call.context["name"]}">{call.fn(call.context)}</a>',
    "7e2f0017": listed,
    "33af344c": says("winning"),
    "7282755e": says("fail"),
    "6825f90f": says("world"),
    "70c28af4": says("helpers"),
    "37f13198": says("helper"),
    "38a320e8": says("found it!"),
    "9cf7c149": says("world!"),
    "9e0ec63d": lambda call, one, two: joined("Hello ", number(one), " ", number(two), " times"),
    "ea44a7a8": lambda call, one: joined("Hello ", number(one), " times"),
    "2e7f2ecb": lambda call, who, times, one, two: joined(
        "Hello ", who, " ", number(times), " times: ", truth(one), " ", truth(two)
    ),
    "570840c5": prefixed("Hello "),
    "4f7f55ac": lambda call, cruel, world: f"Goodbye {cruel} {world}",
    "9a7373a3": lambda call, cruel, world: call.fn({"greeting": "Goodbye", "adj": cruel, "noun": world}),
    "1376c691": lambda call: joined("GOODBYE ", call.hash["cruel"], " ", call.hash["world"], times(call)),
    "9a802a70": printing,
    "ba222791": lambda call: joined("GOODBYE ", call.hash["cruel"], " ", call.fn(call.context), times(call)),
    "a071bcd5": printing,
    "ab742feb": missing_link,
    "4fe45cfc": missing_link,
    "590da96b": says("foo"),
    "c82c93aa": lambda call, value: "undefined" if value is None else type(value).__name__,
    "245ecbdb": this("bar"),
    "aa026cfc": lambda call: call.context["truthiness"](call),
    "24cedaf7": named("missing: "),
    "9ee2929f": named("helper missing: "),
    "2e9b7fce": named("ran: "),
    "e32075d4": lambda call: call.context["goodbye"].upper(),
    "ae6d3a32": lambda call, world: "cruel " + world.upper(),
    "9e22236a": lambda call: call.context["goodbye"].upper() + call.fn(call.context),
    "d8adccda": one_name({"value": "bar"}),
    "634e55a9": one_name({}),
    "ebf2b435": one_name(),
    "005a259c": counted,
    "cfeed696": lambda call: call.find(call.context, "testProperty"),
    "b40f62ad": says("dude"),
    "de4f5e23": says("missing"),
    "3b1732eb": says("blah"),
    "98721c6b": filled(""),
    "1bd8fd11": lambda call: call.inverse(""),
    "262d9f6a": lambda call, value: js(value),
    "34b07051": lambda call: SafeString(call.fn()),
    "25fd6dde": lambda call, condition: call.fn(call.context) if condition else call.inverse(call.context),
    "d8d80329": lambda call: call.hash["length"],
    "333fa359": strictly_hashed,
    "0168bf6d": added,
    "d6d505bc": says("LOL"),
    "6c18f557": prefixed("val is "),
    "71797106": equal,
    "47dff16f": lambda call, one, two, three: joined("val is ", one, ", ", two, " and ", three),
    "e9b5ef56": lambda call, one, two: f"{one}-{two}",
    "66340a76": added,
    "94352dfa": equal_once,
    "85b84be0": lambda call: joined("val is ", call.hash["fun"]),
    "4e5bbf35": input_field,
    "5b47a8f8": lambda call, text: SafeString(text),
    "ab37e107": outer_types,
    "1913c816": inner_types,
    "379e8647": hash_type,
    "c4e97d4e": says("BORK"),
}  # fmt: skip

PARTIALS: dict[str, Callable[[Any], str]] = {
    "6099d334": lambda context: f"{context['name']} ({context['url']}) ",
    "7282755e": lambda context: "fail",
}
"""Functions in the place of a partial's text are given the context."""
