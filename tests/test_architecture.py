"""The house rules that no type checker sees: who may import whom, and what importing costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GROUND = {
    "records", "errors", "seams", "config", "sentences", "pins", "models", "hub", "onnxmodel", "manifest", "catalogue",
    "room", "published", "statements", "stopwatch", "familiarity", "mentions", "expected", "highlight",
    "antecedent", "filters", "languages", "titles", "sections", "beir", "whole", "pagination", "tables", "whitespace",
    "authorship", "home",
}  # fmt: skip
STAGES = {
    "load", "clean", "chunk", "embed", "embeddings", "lexical", "dense", "store", "index",
    "question", "asked", "fuse", "rerank", "answer", "cite", "suggest", "document",
    "llm", "copies", "disagreement", "evidence", "listing", "recency", "feedback", "chat", "keys",
}  # fmt: skip
BELOW: dict[str, set[str]] = {  # which composers each composer stands on
    "loading": set(),
    "build": set(),
    "opening": {"loading"},
    "inquiring": set(),
    "retrieval": set(),
    "answering": set(),
    "listed": {"retrieval"},
    "reporting": set(),
    "rephrasing": set(),
    "marked": set(),
    "pipeline": {"loading", "opening", "inquiring", "retrieval", "answering", "listed", "reporting", "rephrasing"},
    "evaluate": {"build", "pipeline"},
    "export": set(),
    "interrupting": {"pipeline"},
    "corpus": {"build", "loading", "pipeline", "export"},
}
COMPOSERS = set(BELOW)
EDGES = {
    "cli",
    "commands",
    "mcp",
    "options",
    "completing",
    "terminal",
    "status",
    "doctor",
    "mends",
    "ending",
    "__main__",
}
HEAVY = {
    "torch", "sentence_transformers", "transformers", "faiss", "fastapi", "onnxruntime", "trafilatura", "scipy",
    "sklearn", "ir_measures", "httpx", "mcp", "py3langid", "babel",
}  # fmt: skip


def _imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} uses a relative import"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _part(path: Path) -> str:
    """The stage or module of qa/ that a file belongs to: qa/load/rows.py is part of `load`."""
    return path.relative_to(ROOT / "qa").parts[0].removesuffix(".py")


def _parts_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in _imports(path) if name.startswith("qa.")} - {_part(path), "__version__"}


MODULES = [path for path in sorted((ROOT / "qa").rglob("*.py")) if path != ROOT / "qa" / "__init__.py"]


def test_every_module_has_its_place() -> None:
    assert {_part(path) for path in MODULES} == GROUND | STAGES | COMPOSERS | EDGES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_follow_the_direction_of_the_design(path: Path) -> None:
    part = _part(path)
    allowed = {
        **dict.fromkeys(GROUND, GROUND),
        **dict.fromkeys(STAGES, GROUND),
        "index": GROUND | {"lexical", "dense", "store"},
        **{composer: GROUND | STAGES | below for composer, below in BELOW.items()},
        **dict.fromkeys(EDGES, GROUND | STAGES | COMPOSERS | EDGES),
    }[part]
    assert _parts_used(path) <= allowed


@pytest.mark.parametrize("composer", BELOW)
def test_a_composer_stands_on_these_and_no_other(composer: str) -> None:
    used = set[str]().union(*(_parts_used(path) for path in MODULES if _part(path) == composer))
    assert used & COMPOSERS == BELOW[composer]


def test_qa_imports_web_only_to_serve() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in MODULES if _uses_web(_imports(path))}
    assert users == {"qa/commands/answering.py"}
    tree = ast.parse((ROOT / "qa" / "commands" / "answering.py").read_text(encoding="utf-8"))
    assert not _uses_web({node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)})


def _uses_web(modules: set[str]) -> bool:
    return any(name.split(".")[0] == "web" for name in modules)


def test_web_stands_on_composers_and_ground() -> None:
    for path in sorted((ROOT / "web").rglob("*.py")):
        used = {name.split(".")[1] for name in _imports(path) if name.startswith("qa.")}
        seen = {
            "pipeline", "loading", "document", "index", "corpus", "mcp", "interrupting", "terminal", "feedback",
            "keys", "marked", "__version__",
        }  # fmt: skip
        assert used <= GROUND | seen, path.name


@pytest.mark.parametrize(
    "module", ["qa", "qa.cli", "qa.corpus", "qa.pipeline", "qa.build", "qa.evaluate", "qa.terminal"]
)
def test_importing_is_light(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_nothing_runs_at_import_that_reads_the_environment() -> None:
    """Settings are read at the edges: only config.py, models.py (for pip) and runner.py know os.environ.

    The last one reads nothing there, it only switches ONNX Runtime's telemetry off.
    """
    readers = {path.name for path in MODULES if "os.environ" in path.read_text(encoding="utf-8")}
    assert readers == {"config.py", "models.py", "runner.py"}
