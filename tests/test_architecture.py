"""Imports run one way, and what draws or lists does not load torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from attribution.charts.recipes import KINDS

ROOT = Path(__file__).parents[1]
LAYERS = {
    "language": set(),
    "locale": set(),
    "recalled": set(),
    "types": {"types"},
    "models": {"types", "models"},
    "methods": {"types", "models", "methods"},
    "service": {"types", "models", "methods", "service"},
    "charts": {"types", "charts"},
    "export": {"types", "charts", "export"},
    "examples": {"types"},
    "exercises": set(),
    "results": {"types", "models"},
    "comparison_run": {"types", "models"},
    "many": {"types", "models", "methods", "service", "many"},
    "__main__": {"types", "many", "export"},
    "cached": {"types", "models", "service", "charts", "results", "many"},
    "ui": {"types", "models", "charts", "export", "examples", "exercises", "results", "comparison_run"}
    | {"cached", "ui", "many"},
}
"""The part of `attribution` on the left may import those on the right."""
WITH_STREAMLIT = ("cached", "ui")
TABLES = ("attribution.methods.catalogue", "attribution.language", "attribution.recalled")
"""What everybody may read: tables that load no torch, and sentences in the reader's language."""


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
    for path in home.rglob("*.py") if home.is_dir() else [home.with_suffix(".py")]:
        for name in imported(path):
            top = name.split(".")
            assert top[0] != "streamlit" or layer in WITH_STREAMLIT, f"{path} imports streamlit"
            if top[0] == "attribution" and len(top) > 1 and top[1] != "__version__":
                assert top[1] in LAYERS[layer] or name.startswith(TABLES), f"{path} imports {name}"


def test_every_part_is_held():
    parts = {path.stem for path in (ROOT / "attribution").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__init__", "__pycache__"} == set(LAYERS)


def test_a_page_has_its_own_pieces_and_the_shared_ones():
    """No page imports another page's folder, and what is shared imports no page's."""
    home = ROOT / "attribution" / "ui"
    folders = {path.name for path in home.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= {path.stem for path in (ROOT / "pages").glob("*.py")}
    for path in (*home.rglob("*.py"), *(ROOT / "pages").glob("*.py")):
        own = {path.parent.name} if path.parent != home else set()
        own |= {path.stem} if path.parent.name == "pages" else set()
        for name in imported(path):
            top = name.split(".")
            if top[:2] == ["attribution", "ui"] and top[2] in folders:
                assert top[2] in own, f"{path} imports {name}"


def test_every_figure_is_on_a_page():
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "attribution" / "ui").rglob("*.py")]
    shown = "".join(path.read_text("utf-8") for path in files)
    assert [kind for kind in KINDS if f'"{kind}"' not in shown] == []


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
