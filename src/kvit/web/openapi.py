"""OpenAPI 3.1 of a table of routes, made from the same types that check the calls."""

from __future__ import annotations

from typing import Any

import msgspec

from kvit.web.problem import MEDIA_TYPE, ProblemDetails
from kvit.web.routes import KEY_LETTERS_MAX, PUBLIC, WRITES, Route, Table

Document = dict[str, Any]

REF = "#/components/schemas/{name}"
EVENTS = "text/event-stream"
BINARY: Document = {"type": "string", "format": "binary"}


def document(table: Table, title: str, version: str) -> Document:
    """Describe all routes of a table that answer programs."""
    routes = [route for route in table.routes if not route.page]
    schemas, components = msgspec.json.schema_components(_types(routes), ref_template=REF)
    by_type = dict(zip(_types(routes), schemas, strict=True))
    paths: dict[str, Document] = {}
    for route in routes:
        paths.setdefault(_plain(route.path), {})[route.method.lower()] = _operation(route, by_type, components)
    scheme = {"type": "apiKey", "in": "cookie", "name": "kvit", "description": "the session of a signed-in user"}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"session": scheme}},
    }


def _plain(path: str) -> str:
    return "/".join(piece.partition(":")[0] + "}" if ":" in piece else piece for piece in path.split("/"))


def _types(routes: list[Route]) -> list[Any]:
    found: list[Any] = [ProblemDetails]
    for route in routes:
        wanted = (route.path_type, route.query_type, route.body_type, route.answer_type)
        found += [kind for kind in wanted if kind not in (None, bytes) and kind not in found]
    return found


def _operation(route: Route, by_type: dict[Any, Document], components: Document) -> Document:
    operation: Document = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": [*_parameters(route, "path", components), *_parameters(route, "query", components)],
        "responses": _responses(route, by_type),
        "x-kvit-needs": route.needs,
    }
    if route.description:
        operation["description"] = route.description
    if route.needs != PUBLIC:
        operation["security"] = [{"session": []}]
    if route.body_type is bytes:
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {"schema": BINARY}}}
    elif route.body_type is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_type[route.body_type]}},
        }
    if route.keyed:
        operation["parameters"].append(
            {"name": "Idempotency-Key", "in": "header", "required": True,
             "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LETTERS_MAX, "pattern": "^[!-~]+$"},
             "description": "the same key and body again: the same answer; the same key and another body: a 409"}
        )  # fmt: skip
    if route.method in WRITES:
        operation["parameters"].append(
            {"name": "X-CSRF-Token", "in": "header", "required": False, "schema": {"type": "string"},
             "description": "the token of GET /api/v1/session; together with the Origin header"}
        )  # fmt: skip
    return operation


def _parameters(route: Route, place: str, components: Document) -> list[Document]:
    struct = route.path_type if place == "path" else route.query_type
    if struct is None:
        return []
    schema = components[struct.__name__]
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": place, "required": name in required, "schema": _bare(property_)}
        for name, property_ in schema["properties"].items()
    ]


def _bare(schema: Document) -> Document:
    """A query value is never null: it is there or it is not."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else {key: value for key, value in schema.items() if key != "default"}


def _responses(route: Route, by_type: dict[Any, Document]) -> Document:
    if route.answer_type is not None:
        good: Document = {
            "description": "done",
            "content": {"application/json": {"schema": by_type[route.answer_type]}},
        }
    elif route.stream:
        good = {"description": "events for as long as the caller listens", "content": {EVENTS: {"schema": {}}}}
    else:
        good = {"description": "as asked for", "content": {"*/*": {"schema": {}}}}
    problem = {"description": "no", "content": {MEDIA_TYPE: {"schema": by_type[ProblemDetails]}}}
    statuses = ["400", "404", "405", "409", "413", "415", "422", "429", "503"]
    if route.needs != PUBLIC:
        statuses += ["401", "403"]
    return {"200": good} | dict.fromkeys(sorted(statuses), problem)
