"""Subscription expressions, such as ``topic=ftrack.update and source.user.username != "haikei"``, made into questions.

The grammar is that of ``ftrack_api.event.expression``: ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=`` between a dotted name and a value,
joined by ``not``, ``and``, ``or`` (which bind in this order) and parentheses. A value is bare or quoted; quotes are taken off and
nothing inside them is special. A value that ends in ``*`` asks with ``=`` whether the text begins with what is before it.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from integration.errors import HaikeiError

Expression = Callable[[Mapping[str, Any]], bool]
"""Whether an event, or what is known of a subscriber, fits."""

LONGEST = 4096
"""Characters of the longest expression that is read."""

_DEEPEST = 32
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_CONDITION = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9_.]+)\s*(?P<comparison>!=|<=|>=|=|<|>)\s*
    (?:(?P<quoted>"(?:[^"\n\r\\]|\\.)*"|'(?:[^'\n\r\\]|\\.)*')|(?P<bare>[A-Za-z0-9\-_,./*@+]+))""",
    re.VERBOSE,
)


class ExpressionError(HaikeiError):
    """An expression that cannot be read."""


def parse_expression(text: str) -> Expression:
    """The question that `text` asks.

    A name that the candidate lacks never fits, whatever the comparison; text and a number are never equal, nor in an order.

    Raises:
        ExpressionError: `text` is none, is longer than `LONGEST`, or is nested too deeply.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression of {len(text)} characters, and {LONGEST} is the most")
    return _Reader(text).whole()


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> Expression:
        question = self._any_of(_DEEPEST)
        if self._text[self._at :].strip():
            raise self._unreadable()
        return question

    def _any_of(self, deeper: int) -> Expression:
        parts = [self._all_of(deeper)]
        while self._takes(r"or\b"):
            parts.append(self._all_of(deeper))
        return parts[0] if len(parts) == 1 else lambda candidate: any(part(candidate) for part in parts)

    def _all_of(self, deeper: int) -> Expression:
        parts = [self._one(deeper)]
        while self._takes(r"and\b"):
            parts.append(self._one(deeper))
        return parts[0] if len(parts) == 1 else lambda candidate: all(part(candidate) for part in parts)

    def _one(self, deeper: int) -> Expression:
        if deeper == 0:
            raise ExpressionError(f"an expression is nested more than {_DEEPEST} deep")
        if self._takes(r"not\b(?!\s*[=!<>])"):
            refused = self._one(deeper - 1)
            return lambda candidate: not refused(candidate)
        if self._takes(r"\("):
            inner = self._any_of(deeper - 1)
            if not self._takes(r"\)"):
                raise self._unreadable()
            return inner
        return self._condition()

    def _condition(self) -> Expression:
        found = _CONDITION.match(self._text, self._at)
        if found is None:
            raise self._unreadable()
        self._at = found.end()
        value = found["bare"] if found["quoted"] is None else found["quoted"][1:-1]
        return _condition(found["name"].split("."), found["comparison"], value)

    def _takes(self, pattern: str) -> bool:
        found = re.compile(rf"\s*{pattern}", re.IGNORECASE).match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found is not None

    def _unreadable(self) -> ExpressionError:
        return ExpressionError(f"{self._text!r:.200} cannot be read at character {self._at + 1}")


def _condition(path: list[str], comparison: str, value: str) -> Expression:
    compare = _COMPARISONS[comparison]

    def fits(candidate: Mapping[str, Any]) -> bool:
        found: Any = candidate
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return False
            found = found[name]
        if not isinstance(found, str):
            return comparison == "!="
        if comparison == "=" and value.endswith("*"):
            return found.startswith(value[:-1])
        return bool(compare(found, value))

    return fits
