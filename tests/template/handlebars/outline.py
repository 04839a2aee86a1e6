"""A tree as indented text, in the form the parser's published cases have it."""

from __future__ import annotations

from collections.abc import Iterator

from kvit.template.handlebars.tree import Block, Comment, Expression, Literal, Mustache, Partial, Path, Program, Text


def outline(program: Program) -> str:
    return "".join(line + "\n" for line in _program(program))


def _program(program: Program) -> Iterator[str]:
    if program.block_params:
        yield f"BLOCK PARAMS: [ {' '.join(program.block_params)} ]"
    for statement in program.body:
        if isinstance(statement, Text):
            yield f"CONTENT[ '{statement.value}' ]"
        elif isinstance(statement, Comment):
            yield f"{{{{! '{statement.value}' }}}}"
        elif isinstance(statement, Mustache):
            yield f"{{{{ {'DIRECTIVE ' * statement.decorator}{_call(statement)} }}}}"
        elif isinstance(statement, Partial):
            yield from _partial(statement)
        else:
            yield from _block(statement)


def _block(block: Block) -> Iterator[str]:
    yield "DIRECTIVE BLOCK:" if block.decorator else "BLOCK:"
    yield f"  {_call(block)}"
    if block.program:
        yield "  PROGRAM:"
        yield from (f"    {line}" for line in _program(block.program))
    if block.inverse:
        yield "  {{^}}"
        yield from (f"    {line}" for line in _program(block.inverse))


def _partial(partial: Partial) -> Iterator[str]:
    assert not hasattr(partial.name, "params")
    kind = "PARTIAL BLOCK" if partial.program else "PARTIAL"
    parts = [f"{kind}:{partial.name.original}", *map(_value, partial.params), *_hash(partial.hash)]
    if not partial.program:
        yield f"{{{{> {' '.join(parts)} }}}}"
        return
    yield f"{{{{> {' '.join(parts)} PROGRAM:"
    yield from (f"  {line}" for line in _program(partial.program))
    yield " }}"


def _call(node: Mustache | Block) -> str:
    return " ".join([_value(node.path), f"[{', '.join(map(_value, node.params))}]", *_hash(node.hash)])


def _hash(pairs: list[tuple[str, Expression]]) -> list[str]:
    return [f"HASH{{{', '.join(f'{key}={_value(value)}' for key, value in pairs)}}}"] if pairs else []


def _value(node: Expression) -> str:
    if isinstance(node, Path):
        return f"{'@' * node.data}PATH:{'/'.join(node.parts)}"
    assert isinstance(node, Literal)
    if node.kind == "StringLiteral":
        return f'"{node.value}"'
    if node.kind in ("NullLiteral", "UndefinedLiteral"):
        return node.original.upper()
    return f"{node.kind.removesuffix('Literal').upper()}{{{node.original}}}"
