"""Typed routes: a handler's signature says what it wants, one table says who may call it.

    @table.get("/api/v1/receipts/{id}", needs="receipts.see")
    async def receipt(call: Call, id: str, forms: bool = False) -> ReceiptOut | Refusal: ...

A name in the path is a path value; ``body`` is a JSON body (or, typed ``bytes``, bytes as they are) and ``form`` a
submitted form, both msgspec Structs; ``idempotency_key`` is that header; everything else is a query value. What does not
fit the types is a 422, before the handler runs. A handler gives a Struct (JSON), a ``Response`` as it is, or a
``Refusal``. There is no route without ``needs``: a permission of ``kvit.access``, ``PUBLIC``, ``ANY_USER`` or ``CUSTOMER``.

Left out: content negotiation, PATCH, nested resources. Past 280 lines this file gives
way to Litestar.
"""

from __future__ import annotations

import asyncio
import inspect
import types
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from kvit.refusal import Refusal
from kvit.web.body_limit import BODY_BYTES_MAX, BodyLimits
from kvit.web.problem import Problem

PUBLIC = "public"
ANY_USER = "any user"
CUSTOMER = "customer"
"""Who comes with a device that opens a wallet; on the public site alone."""

DEADLINE_S = 20.0
"""Reading the body and working out the answer; a picture of a long receipt takes at most five."""
KEY_HEADER = "idempotency_key"
KEY_LETTERS_MAX = 120
"""As the spool's (`kvit.device.spool.order.NAME_MAX`)."""
FIELDS_MAX = 50
WRITES = frozenset({"POST", "PUT", "DELETE"})

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One row of the table."""

    method: str
    path: str
    needs: str
    handler: Handler
    page: bool
    """Answers people (HTML, refusals as a page) and not programs."""
    stream: bool
    """Answers for as long as the caller listens: no deadline."""
    path_type: type[msgspec.Struct] | None
    query_type: type[msgspec.Struct] | None
    body_type: type[Any] | None
    form_type: type[msgspec.Struct] | None
    answer_type: Any
    keyed: bool
    """Wants an ``Idempotency-Key``."""
    bytes_max: int
    by_machine: bool = False
    """Called by programs that prove themselves in the body: no cookie counts, no token is asked for."""
    within_s: float = DEADLINE_S

    @property
    def summary(self) -> str:
        """The first sentence of the handler's docstring."""
        return (inspect.getdoc(self.handler) or "").split("\n\n")[0].replace("\n", " ")

    @property
    def description(self) -> str:
        """The rest of it."""
        return (inspect.getdoc(self.handler) or "").partition("\n\n")[2].replace("``", "`")

    @property
    def name(self) -> str:
        """What the handler is called."""
        return self.handler.__name__


@dataclass
class Table:
    """The routes of one application."""

    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, *, needs: str, page: bool = False, stream: bool = False) -> Callable[[Handler], Handler]:
        """Add a route that changes nothing."""
        return self._adding("GET", path, needs, page, stream)

    def post(
        self, path: str, *, needs: str, page: bool = False, bytes_max: int = BODY_BYTES_MAX, by_machine: bool = False,
        within_s: float = DEADLINE_S,
    ) -> Callable[[Handler], Handler]:  # fmt: skip
        """Add a route that changes something."""
        assert not by_machine or needs == PUBLIC, "who proves himself in the body has no other right"
        return self._adding("POST", path, needs, page, bytes_max=bytes_max, by_machine=by_machine, within_s=within_s)

    def put(self, path: str, *, needs: str, bytes_max: int = BODY_BYTES_MAX) -> Callable[[Handler], Handler]:
        """Add a route that writes what stands at its path; twice is once."""
        return self._adding("PUT", path, needs, bytes_max=bytes_max)

    def delete(self, path: str, *, needs: str) -> Callable[[Handler], Handler]:
        """Add a route that takes something away."""
        return self._adding("DELETE", path, needs)

    def _adding(
        self,
        method: str,
        path: str,
        needs: str,
        page: bool = False,
        stream: bool = False,
        bytes_max: int = BODY_BYTES_MAX,
        **more: Any,
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            made = _route(method, path, needs, page, stream, bytes_max, handler)
            self.routes.append(replace(made, **more))
            return handler

        return add

    def limits(self) -> BodyLimits:
        """Give the limits of the routes whose bodies may be longer than a form."""
        own = [route for route in self.routes if route.bytes_max != BODY_BYTES_MAX]
        return BodyLimits((route.method, route.path, route.bytes_max) for route in own)

    def starlette(self, answer: Callable[[Route, Request], Awaitable[Response]]) -> list[StarletteRoute]:
        """Give the routes as Starlette wants them; ``answer`` checks who calls and makes the response."""
        by_path: dict[str, dict[str, Route]] = {}
        for route in self.routes:
            assert route.method not in by_path.setdefault(route.path, {}), f"{route.method} {route.path} stands twice"
            by_path[route.path][route.method] = route
        return [_endpoint(path, methods, answer) for path, methods in by_path.items()]


def _endpoint(
    path: str, methods: dict[str, Route], answer: Callable[[Route, Request], Awaitable[Response]]
) -> StarletteRoute:
    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await answer(methods[method], request)

    return StarletteRoute(path, endpoint, methods=list(methods))


def _route(method: str, path: str, needs: str, page: bool, stream: bool, bytes_max: int, handler: Handler) -> Route:
    hints = typing.get_type_hints(handler, include_extras=True)
    in_path = set(_names(path))
    fields: dict[str, list[Any]] = {"path": [], "query": []}
    wholes: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        if name in ("body", KEY_HEADER) or (name == "form" and isinstance(hints[name], type)):
            wholes[name] = hints[name]
            continue
        place = "path" if name in in_path else "query"
        default = () if parameter.default is parameter.empty else (parameter.default,)
        fields[place].append((name, hints[name], *default))
    assert not (method == "GET" and wholes), "a GET changes nothing and has no body"
    assert {one[0] for one in fields["path"]} == in_path, f"{path} and the names of {handler.__name__} differ"
    return Route(
        method, path, needs, handler, page, stream,
        _struct(handler, "Path", fields["path"]), _struct(handler, "Query", fields["query"]),
        wholes.get("body"), wholes.get("form"), _answer_type(hints.get("return")), KEY_HEADER in wholes, bytes_max,
    )  # fmt: skip


def _names(path: str) -> list[str]:
    return [piece.partition("}")[0].partition(":")[0] for piece in path.split("{")[1:]]


def _struct(handler: Handler, suffix: str, fields: list[Any]) -> type[msgspec.Struct] | None:
    title = "".join(word.capitalize() for word in handler.__name__.split("_"))
    return msgspec.defstruct(title + suffix, fields, kw_only=True) if fields else None


def _answer_type(hint: Any) -> Any:
    """What a route answers when all is well: its return type without refusals and bare responses."""
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kept = [kind for kind in kinds if kind not in (Refusal, None) and not _is_response(kind)]
    return kept[0] if kept else None


def _is_response(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Response)


async def call_handler(route: Route, call: Any, request: Request) -> Any:
    """Read what the handler wants out of the request, then run it within the deadline."""
    try:
        async with asyncio.timeout(None if route.stream else route.within_s):
            values = await _values(route, request)
            return await route.handler(call, **values)
    except TimeoutError:
        raise Problem(503, "web.deadline") from None


async def _values(route: Route, request: Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if route.path_type is not None:
        values |= _converted(dict(request.path_params), route.path_type)
    if route.query_type is not None:
        values |= _converted(_query(request), route.query_type)
    if route.body_type is not None:
        values["body"] = await _body(request, route.body_type)
    if route.keyed:
        values[KEY_HEADER] = _key(request)
    if route.form_type is not None:
        values["form"] = _struct_of(await form_fields(request), route.form_type)
    return values


def _query(request: Request) -> dict[str, str]:
    """The query's values; an empty one is one not given."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) != len(pairs):
        raise Problem(422, "web.not_understood", "a query value is given twice")
    return {name: value for name, value in pairs if value}


def _converted(values: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    return msgspec.structs.asdict(_struct_of(values, struct))


def _struct_of(values: dict[str, Any], struct: type[msgspec.Struct]) -> msgspec.Struct:
    if any("\0" in value for value in values.values() if isinstance(value, str)):
        raise Problem(422, "web.not_understood", "a value holds a NUL")
    try:
        return msgspec.convert(values, struct, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(422, "web.not_understood", str(error)) from None


def _key(request: Request) -> str:
    given = request.headers.getlist("idempotency-key")
    if len(given) != 1 or not 0 < len(given[0]) <= KEY_LETTERS_MAX or not given[0].isprintable():
        raise Problem(422, "web.key_wanted")
    return given[0]


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, struct: type[Any]) -> Any:
    if struct is bytes:
        if _media_type(request) != "application/octet-stream":
            raise Problem(415, "web.not_bytes")
        return await request.body()
    if _media_type(request) != "application/json":
        raise Problem(415, "web.not_json")
    try:
        return msgspec.json.decode(await request.body(), type=struct)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        status = 422 if isinstance(error, msgspec.ValidationError) else 400
        raise Problem(status, "web.not_understood", str(error)) from None


async def form_fields(request: Request) -> dict[str, str]:
    """Read a submitted form; kept on the request, since its token is looked at before its fields."""
    known: dict[str, str] | None = getattr(request.state, "form", None)
    if known is None:
        if _media_type(request) != "application/x-www-form-urlencoded":
            raise Problem(415, "web.not_a_form")
        try:
            text = (await request.body()).decode()
            known = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict"))
        except ValueError:
            raise Problem(400, "web.not_understood") from None
        request.state.form = known
    return known
