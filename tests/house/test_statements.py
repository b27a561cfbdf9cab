"""Outside the walls no statement is built from text: what SQLAlchemy takes as SQL, word for word, is written in our own files alone.

ruff's S608 knows neither `literal_column` nor `text` under another name or from a module further down.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.test_house import CORE, ROOT

# What takes SQL as text: functions of SQLAlchemy, and methods of its statements and connections.
TAKERS = frozenset({"text", "literal_column", "DDL", "TextClause", "TextualSelect", "quoted_name", "custom_op", "SQL"})
LIBRARIES = frozenset({"sqlalchemy", "psycopg"})
METHODS = frozenset({
    "exec_driver_sql", "prefix_with", "suffix_with", "with_hint", "with_statement_hint", "op", "bool_op", "driver_connection", "pgconn",
})  # fmt: skip
NEVER_IN = ("work", "doors/web", "doors/api")  # rooms that write no statement as text at all


def takers(tree: ast.AST) -> dict[ast.AST, str]:
    """Each place that names something of SQLAlchemy which takes text, however it was imported, and what it is."""
    named: dict[str, str] = {}
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots |= {(a.asname or a.name).partition(".")[0] for a in node.names if a.name.partition(".")[0] in LIBRARIES}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in LIBRARIES:
            named |= {a.asname or a.name: a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):  # the extension has all of the library's names
            roots |= {a.asname or a.name for a in node.names if a.name == "db"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in roots | set(named):
            roots |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    found: dict[ast.AST, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and named.get(node.id) in TAKERS:
            found[node] = named[node.id]
        elif (isinstance(node, ast.Attribute) and node.attr in TAKERS and _root(node) in roots | set(named)) or (
            isinstance(node, ast.Attribute) and node.attr in METHODS
        ):
            found[node] = node.attr
    return found


def built(tree: ast.AST) -> Iterator[int]:
    """The lines on which such a thing is given anything but words that stand in the file, or is handed on uncalled."""
    calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    ours = {
        words
        for node in ast.walk(tree)
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp))
        for words in _of_constants(node)
    }
    for place in takers(tree):
        call = calls.get(place)
        given = call.args + [k.value for k in call.keywords if k.arg in (None, "text")] if call else []
        if (
            not call
            or not given
            or not (given[0] in ours or _stands_here(given[0]))
            or any(isinstance(one, ast.Starred) for one in given)
        ):
            yield place.lineno


def _stands_here(given: ast.expr) -> bool:
    """A text; or a whole number, as a text."""
    if isinstance(given, ast.Constant):
        return isinstance(given.value, str)
    inner = given.args if isinstance(given, ast.Call) and ast.unparse(given.func) == "str" else []
    return len(inner) == 1 and isinstance(inner[0], ast.Call) and ast.unparse(inner[0].func) == "int"


def _of_constants(loop: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Iterator[ast.expr]:
    """The texts that a loop over constants of the file makes of each of them and of nothing else."""
    each = {
        one.target.id
        for one in loop.generators
        if isinstance(one.target, ast.Name) and isinstance(one.iter, ast.Name) and one.iter.id.isupper()
    }
    for node in ast.walk(loop.elt):
        if isinstance(node, ast.JoinedStr):
            values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            if all(isinstance(value, ast.Name) and value.id in each for value in values):
                yield node


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def test_statements_are_not_built_from_text_outside_the_walls() -> None:
    looked_at = 0
    for path in sorted(CORE.rglob("*.py")):
        within = path.relative_to(CORE).as_posix()
        if within.startswith("walls/"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = takers(tree)
        looked_at += len(found)
        assert not [*built(tree)], f"{path.relative_to(ROOT)}: {[*built(tree)]}"
        if within.startswith(NEVER_IN):
            assert not {"text", "DDL", "TextClause"} & set(found.values()), f"{path.relative_to(ROOT)} writes SQL as text"
    assert looked_at > 5


@pytest.mark.parametrize("planted", [
    "import sqlalchemy\nsqlalchemy.text(f'select {name}')",
    "import sqlalchemy as sa\nsa.sql.expression.text('select ' + name)",
    "from sqlalchemy import sql\nsql.text(name)",
    "from sqlalchemy.sql.expression import text as words\nwords('select {}'.format(name))",
    "from sqlalchemy.sql.expression import text as words\nwords(' '.join(['select', name]))",
    "from sqlalchemy import literal_column\nliteral_column(f\"case when '{name}' = '' then 1 end\")",
    "from sqlalchemy import literal_column\n[literal_column(f'{one}') for one in names]",
    "from sqlalchemy import literal_column\nliteral_column(str(int(most)) + name), [one for one in STANDING]",
    "from sqlalchemy import literal_column\nliteral_column(f'{one}'), [one for one in STANDING]",
    "from sqlalchemy import literal_column as raw\nmade = map(raw, names)",
    "from sqlalchemy import text\ntext(text=name)",
    "from sqlalchemy import text\ntext(*names)",
    "from sqlalchemy import DDL\nDDL('drop table %s' % name)",
    "statement.prefix_with(name)",
    "connection.exec_driver_sql(name)",
    "column.bool_op(name)",
    "connection.connection.driver_connection.execute(name)",
    "driver.pgconn.exec_(name)",
    "from sqlalchemy.sql import quoted_name\nquoted_name(name, quote=False)",
    "import sqlalchemy\nmade = sqlalchemy; made.text(name)",
    "from threefold.walls.database import db\ndb.text(name)",
    "from psycopg import sql\nsql.SQL(name)",
])  # fmt: skip
def test_each_way_of_building_one_is_found(planted: str) -> None:
    assert [*built(ast.parse(planted))] == [2 if "\n" in planted else 1]


@pytest.mark.parametrize("written", [
    "from sqlalchemy import text\ntext('select 1')",
    "from sqlalchemy import literal_column\nliteral_column(str(int(most)))",
    "from sqlalchemy import literal_column\n[literal_column(f\"'{one}'\") for one in STANDING]",
    "from threefold.work.people.web import text\ntext(name)",
])  # fmt: skip
def test_words_of_our_own_files_are_let_be(written: str) -> None:
    assert [*built(ast.parse(written))] == []
