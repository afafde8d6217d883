"""A file fits a sitting, a function fits a screen, and each is named by the thing it does."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

from tests.house.source_files import CODE, HOUSE, python_files, relative

FILE_LINES = 400
FUNCTION_LINES = 40
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "core", "misc", "base", "manager"}


@pytest.mark.parametrize("folder", CODE)
def test_a_file_stays_under_400_lines(folder: str) -> None:
    long = {relative(file): lines for file in python_files(folder) if (lines := len(file.read_text().splitlines())) >= FILE_LINES}

    assert long == {}


@pytest.mark.parametrize("folder", CODE)
def test_a_function_fits_a_screen(folder: str) -> None:
    long = {
        f"{relative(file)}:{function.lineno} {function.name}": lines
        for file in python_files(folder)
        for function in _functions(file)
        if (lines := _lines_of_code(function, file)) > FUNCTION_LINES
    }

    assert long == {}


def test_a_module_is_named_by_the_thing_it_does() -> None:
    nameless = [relative(file) for file in python_files() if FORBIDDEN & {file.stem, file.parent.name}]

    assert nameless == []


def test_a_file_says_in_its_first_line_what_it_does() -> None:
    silent = [relative(file) for file in python_files() if file.read_text().strip() and not _first_line_says(file)]

    assert silent == []


def test_nothing_names_a_folder_of_one_machine() -> None:
    machine = ("/" + "work/", "/" + "root/", "/" + "home/", "/" + "Users/")
    names = {
        f"{relative(file)}:{number}": line.strip()
        for file in (*python_files(), *_written())
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if any(folder in line for folder in machine)
    }

    assert names == {}


def test_a_hook_is_one_small_file_that_imports_nothing_of_ours() -> None:
    hooks = python_files("hooks")
    assert hooks

    for hook in hooks:
        assert 5 <= len(hook.read_text().splitlines()) <= 60, relative(hook)
        imported = {name.split(".")[0] for name in _imports(hook)}
        assert not imported & {"integration", "render_service", "hooks", "tests"}, relative(hook)


def _functions(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef, file: Path) -> int:
    """Lines from ``def`` to the end that hold code: no docstring, no comment, no blank line."""
    first, last = function.lineno, function.end_lineno or function.lineno
    code: set[int] = set()
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    for token in tokenize.generate_tokens(io.StringIO(file.read_text()).readline):
        if token.type not in quiet:
            code.update(range(token.start[0], token.end[0] + 1))
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        code.difference_update(range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1))
    return len([line for line in code if first <= line <= last])


def _first_line_says(file: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(file.read_text()))
    return docstring is not None and len(docstring.splitlines()[0]) >= 10


def _imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def _written() -> list[Path]:
    """What people read and tools run, beside the code."""
    return [file for pattern in ("*.md", "*.toml", "Makefile", "deploy/**/*", ".ci/*") for file in HOUSE.glob(pattern) if _is_text(file)]


def _is_text(file: Path) -> bool:
    return file.is_file() and file.suffix not in {".py", ".pyc"}
