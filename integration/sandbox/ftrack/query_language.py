"""ftrack's query language, read into a tree. Pure.

``[select p, a.b] from T [where C] [order by p [descending], ...] [offset N] [limit N]``; C combines comparisons, ``has (...)``, ``any
(...)`` and ``in (select ...)`` by ``not``, ``and``, ``or``, of which ``and`` binds tighter. Values may stand without quotes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from integration.sandbox.ftrack.refusal import RefusedError

LONGEST = 200_000
"""Characters of an expression; thousands of ids in one ``in (...)`` are usual."""
_DEEPEST = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<mark><=|>=|!=|[()=<>,])|(?P<word>[^\s()=<>!,"']+))""", re.DOTALL
)
_OPERATORS = {
    "is": "=", "=": "=", "is_not": "!=", "!=": "!=", ">": ">", "after": ">", "greater_than": ">", "<": "<", "before": "<", "less_than": "<",
    ">=": ">=", "<=": "<=", "like": "like", "not_like": "not_like", "in": "in", "not_in": "not_in", "has": "has", "any": "any",
}  # fmt: skip
_PATH = re.compile(r"[A-Za-z_]\w*(?:\[\w+\])?(?:\.[A-Za-z_]\w*(?:\[\w+\])?)*")


@dataclass(frozen=True, slots=True)
class Step:
    """One attribute on a path, and the type it is taken for: ``parent[Shot]``."""

    name: str
    cast: str = ""


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``path operator value``; the value is None for ``none``."""

    path: Path
    operator: str
    """``=``, ``!=``, ``<``, ``>``, ``<=``, ``>=``, ``like``, ``not_like``."""
    value: str | None


@dataclass(frozen=True, slots=True)
class Among:
    """``path in (...)``, or not."""

    path: Path
    values: "tuple[str | None, ...] | Query"
    negated: bool


@dataclass(frozen=True, slots=True)
class Related:
    """``path has (...)`` or ``path any (...)``; without a condition, whether there is any."""

    path: Path
    condition: "Condition | None"


@dataclass(frozen=True, slots=True)
class Negated:
    """``not C``."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Combined:
    """``C and C`` or ``C or C``."""

    all_of: bool
    conditions: "tuple[Condition, ...]"


Condition = Compare | Among | Related | Negated | Combined


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole expression."""

    kind: str
    select: tuple[Path, ...] = ()
    """Empty: the type's default projections."""
    where: Condition | None = None
    order: tuple[tuple[Path, bool], ...] = ()
    """Path, and whether it descends."""
    offset: int = 0
    limit: int | None = None


def parse(expression: str) -> Query:
    """The tree of an expression.

    Raises:
        RefusedError: it cannot be read.
    """
    if len(expression) > LONGEST:
        raise RefusedError("ParseError", f"Expression of {len(expression)} characters is too long")
    reader = _Reader(expression)
    query = reader.query()
    if reader.peek() is not None:
        reader.refuse()
    return query


@dataclass(slots=True)
class _Token:
    text: str
    quoted: bool
    at: int

    def says(self, *words: str) -> bool:
        return not self.quoted and self.text.lower() in words


@dataclass
class _Reader:
    expression: str
    tokens: list[_Token] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        place, end = 0, len(self.expression.rstrip())
        while place < end:
            found = _TOKEN.match(self.expression, place)
            if found is None:
                raise RefusedError("ParseError", f"Could not parse expression at position {place}: {self.expression[place : place + 40]!r}")
            if (quoted := found["quoted"]) is not None:
                self.tokens.append(_Token(re.sub(r"\\(.)", _unescaped, quoted[1:-1], flags=re.DOTALL), True, found.start("quoted")))
            else:
                self.tokens.append(_Token(found["mark"] or found["word"], False, found.end() - len(found["mark"] or found["word"])))
            place = found.end()

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def refuse(self) -> NoReturn:
        token = self.peek()
        near = f"position {token.at}: {self.expression[token.at : token.at + 40]!r}" if token else "its end"
        raise RefusedError("ParseError", f"Could not parse expression at {near}")

    def take(self) -> _Token:
        token = self.peek()
        if token is None:
            self.refuse()
        self.at += 1
        return token

    def skip(self, *words: str) -> bool:
        token = self.peek()
        if token is None or not token.says(*words):
            return False
        self.at += 1
        return True

    def expect(self, word: str) -> None:
        if not self.skip(word):
            self.refuse()

    def query(self) -> Query:
        select: list[Path] = []
        if self.skip("select"):
            select.append(self.path())
            while self.skip(","):
                select.append(self.path())
            self.expect("from")
        kind = self.take()
        if kind.quoted or not kind.text.isidentifier():
            self.at -= 1
            self.refuse()
        where = self.either() if self.skip("where") else None
        order: list[tuple[Path, bool]] = []
        if self.skip("order"):
            self.expect("by")
            order.append(self.ordering())
            while self.skip(","):
                order.append(self.ordering())
        numbers = {"offset": 0, "limit": -1}
        while (token := self.peek()) is not None and token.says(*numbers):
            self.at += 1
            numbers[token.text.lower()] = self.number()
        limit = numbers["limit"] if numbers["limit"] >= 0 else None
        return Query(kind=kind.text, select=tuple(select), where=where, order=tuple(order), offset=numbers["offset"], limit=limit)

    def number(self) -> int:
        if not (token := self.take()).text.isdecimal() or len(token.text) > 9:
            self.at -= 1
            self.refuse()
        return int(token.text)

    def ordering(self) -> tuple[Path, bool]:
        path = self.path()
        if self.skip("descending", "desc"):
            return path, True
        self.skip("ascending", "asc")
        return path, False

    def path(self) -> Path:
        token = self.take()
        if token.quoted or not _PATH.fullmatch(token.text):
            self.at -= 1
            self.refuse()
        return tuple(Step(name, cast.rstrip("]")) for name, _, cast in (part.partition("[") for part in token.text.split(".")))

    def either(self) -> Condition:
        return self.combined("or", lambda: self.combined("and", self.single))

    def combined(self, word: str, part: Callable[[], Condition]) -> Condition:
        found = [part()]
        while self.skip(word):
            found.append(part())
        return found[0] if len(found) == 1 else Combined(word == "and", tuple(found))

    def single(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise RefusedError("ParseError", "Expression is nested too deep")
        try:
            if self.skip("not"):
                return Negated(self.single())
            if self.skip("("):
                inner = self.either()
                self.expect(")")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> Condition:
        path, token = self.path(), self.take()
        operator = "" if token.quoted else _OPERATORS.get(token.text.lower(), "")
        if operator in ("has", "any"):
            self.expect("(")
            inner = None if (nearest := self.peek()) is not None and nearest.says(")") else self.either()
            self.expect(")")
            return Related(path, inner)
        if operator in ("in", "not_in"):
            return Among(path, self.values(), operator == "not_in")
        if not operator:
            self.at -= 1
            self.refuse()
        return Compare(path, operator, self.value())

    def values(self) -> "tuple[str | None, ...] | Query":
        self.expect("(")
        if (token := self.peek()) is not None and token.says("select"):
            inner = self.query()
            self.expect(")")
            return inner
        values: list[str | None] = []
        while not self.skip(")"):
            values.append(self.value())
            if not self.skip(","):
                self.expect(")")
                break
        return tuple(values)

    def value(self) -> str | None:
        token = self.take()
        if not token.quoted and token.text in ("(", ")", ",", "=", "<", ">", "<=", ">=", "!="):
            self.at -= 1
            self.refuse()
        return None if token.says("none", "null") else token.text


def _unescaped(found: "re.Match[str]") -> str:
    """What an escape stands for; one of ``like``'s wildcards keeps its backslash."""
    return found[0] if found[1] in "%_" else found[1]
