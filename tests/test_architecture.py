"""Imports run one way, and what draws or lists does not load torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = {
    "types": {"types"},
    "models": {"types", "models"},
    "methods": {"types", "models", "methods"},
    "service": {"types", "models", "methods", "service"},
    "charts": {"types", "charts"},
    "export": {"types", "charts", "export"},
}
"""The part of `attribution` on the left may import those on the right."""
TABLES = ("attribution.methods.catalogue",)
"""What everybody may read: tables that load no torch."""


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(path):
    """What importing the file imports: `imported` without what is no module."""
    for name in imported(path):
        home = (ROOT / name.replace(".", "/")) if name.startswith("attribution") else None
        if home and (home.is_dir() or home.with_suffix(".py").exists()):
            yield name
        elif "." in name:
            yield name.rpartition(".")[0]
        else:
            yield name


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer):
    home = ROOT / "attribution" / layer
    for path in [home.with_suffix(".py")] if layer == "types" else home.rglob("*.py"):
        for name in imported(path):
            top = name.split(".")
            assert top[0] != "streamlit", f"{path} imports streamlit"
            if top[0] == "attribution" and len(top) > 1:
                assert top[1] in LAYERS[layer] or name.startswith(TABLES), f"{path} imports {name}"


def test_pages_reach_the_backend_through_the_cache():
    for path in (ROOT / "pages").glob("*.py"):
        names = {name for name in imported(path) if not name.startswith(TABLES)}
        assert not [n for n in names if n.startswith(("attribution.service", "attribution.methods", "torch"))]


@pytest.mark.parametrize(
    "module",
    ["types", "models.catalogue", "methods.catalogue", "charts.recipes", "examples", "export.figure"],
)
def test_torch_is_loaded_only_where_it_is_needed(module):
    code = (
        f"import sys, attribution.{module}; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize("page", [path.stem for path in (ROOT / "pages").glob("*.py")])
def test_a_page_is_drawn_before_what_takes_long_is_loaded(page):
    """What a page imports at its top; about needs pandas for its table."""
    heavy = {"torch", "transformers", "altair", "pyarrow", "pandas"}
    heavy -= {"pandas", "pyarrow"} if page == "about" else set()
    names = set(modules(ROOT / "pages" / f"{page}.py")) | {"attribution.ui.frame", "attribution.ui.opening"}
    code = f"import sys, importlib; [importlib.import_module(n) for n in {sorted(names)}]"
    code += f"; sys.exit(' '.join({heavy} & set(sys.modules)) or None)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
