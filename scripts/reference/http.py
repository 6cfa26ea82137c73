"""The routes: each operation of the OpenAPI document, and the schemas that they take and give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa.config import Settings
from scripts.reference.markdown import page, table
from web.app import create_app

Schema = Mapping[str, Any]

_HEAD = """\
What follows is the OpenAPI document of the server (`GET /openapi.json`) to read. Offsets count Unicode code points into
an article's text, end exclusive.
"""


def http_page() -> str:
    """Return the page of all routes and schemas."""
    document = create_app(Settings()).openapi()
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    operations = (
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    described = (_schema(name, schema) for name, schema in sorted(schemas.items()))
    return page("The HTTP API", _HEAD, *operations, "## Schemas", *described)


def _operation(path: str, method: str, operation: Schema) -> str:
    parts = [f"## `{method.upper()} {path}`", operation.get("summary", ""), operation.get("description", "")]
    parameters = [
        [f"`{it['name']}`", it["in"], _type(it.get("schema", {})), it.get("description", "")]
        for it in operation.get("parameters", [])
    ]
    if parameters:
        parts.append(table(["parameter", "in", "type", "what it is"], parameters))
    if body := operation.get("requestBody"):
        taken = (f"- `{kind}`: {_type(content.get('schema', {}))}" for kind, content in body["content"].items())
        parts.append("Takes:\n\n" + "\n".join(taken))
    answers = [[f"`{status}`", _given(it), it.get("description", "")] for status, it in operation["responses"].items()]
    parts.append(table(["status", "what it gives", "when"], answers))
    return "\n\n".join(part.strip() for part in parts if part)


def _given(response: Schema) -> str:
    content: Mapping[str, Schema] = response.get("content", {})
    return "; ".join(f"`{kind}`: {_type(it.get('schema', {}))}" for kind, it in content.items())


def _schema(name: str, schema: Schema) -> str:
    needed = set(schema.get("required", ()))
    rows = [
        [f"`{field}`", _type(it) + ("" if field in needed else ", optional"), it.get("description", "")]
        for field, it in schema.get("properties", {}).items()
    ]
    about = schema.get("description", "")
    listed = table(["field", "type", "what it is"], rows) if rows else _type(schema)
    return "\n\n".join(part for part in [f"### {name}", about, listed] if part)


def _type(schema: Schema) -> str:
    """Return the type of a schema in words; a reference links to its own table."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(one) for one in several)
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    return " ".join(_plain(schema)) or "anything"


def _plain(schema: Schema) -> Iterator[str]:
    kind = schema.get("type")
    if kind == "array":
        yield f"list of {_type(schema.get('items', {}))}"
    elif kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        yield f"object with values of {_type(schema['additionalProperties'])}"
    elif kind:
        yield str(kind)
