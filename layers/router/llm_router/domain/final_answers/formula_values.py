"""Computes a formula for given values of its variables: parsed by a small grammar, never run."""

import cmath
import math
import re
from collections.abc import Callable, Mapping

_TOKEN = re.compile(
    r"(?P<number>\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})|\\?(?P<function>sqrt|sin|cos|tan|ln|log|exp)"
    r"(?![a-z])|(?P<command>\\frac|\\binom|\\[a-z]{1,12})|"
    r"(?P<name>[a-zA-Zα-ω](?:_(?:\w|\{\w{1,3}\}))?)|(?P<sign>[-+*/^(){}\[\]!π√])|\s"
)
_WORD = re.compile(r"(?<!\\)(?<![a-z\\])[a-zA-Z]{3,}")
_POINTS = (0.37, 0.83, 1.71)
_DEEPEST = 30
_LARGEST_FACTORIAL = 170
_FUNCTIONS: Mapping[str, Callable[[complex], complex]] = {
    "sqrt": cmath.sqrt,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "ln": cmath.log,
    "log": cmath.log,
    "exp": cmath.exp,
}
_GOLDEN = 0.6180339887
_SIGNS = {"(": ")", "{": "}", "[": "]"}


class _UnreadableError(ValueError):
    """The text is not a formula that this grammar knows."""


def values(text: str) -> list[complex] | None:
    """The formula's values at three points; None if it is not a formula or undefined at one."""
    tokens: list[tuple[str, str]] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            return None
        place = token.end()
        if token.lastgroup is not None:
            tokens.append((token.lastgroup, token[token.lastgroup]))
    spelled_out = (w.group() for w in _WORD.finditer(text))
    if not tokens or any(word not in _FUNCTIONS for word in spelled_out):
        return None
    try:
        return [_Reader(tokens, point).whole() for point in _POINTS]
    except (_UnreadableError, ArithmeticError, ValueError):
        return None


class _Reader:
    """Evaluates the tokens from left to right, at one point."""

    def __init__(self, tokens: list[tuple[str, str]], point: float) -> None:
        self._tokens = tokens
        self._point = point
        self._next = 0
        self._depth = 0

    def whole(self) -> complex:
        value = self._sum()
        if self._next < len(self._tokens) or cmath.isinf(value) or cmath.isnan(value):
            raise _UnreadableError
        return value

    def _sum(self) -> complex:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _UnreadableError
        value = self._product(self._sign())
        while (sign := self._peek()[1]) in ("+", "-"):
            self._next += 1
            value += self._product(-1 if sign == "-" else 1)
        self._depth -= 1
        return value

    def _sign(self) -> complex:
        sign = 1
        while (found := self._peek()[1]) in ("+", "-"):
            sign = -sign if found == "-" else sign
            self._next += 1
        return sign

    def _product(self, sign: complex) -> complex:
        value = sign * self._power()
        while True:
            kind, text = self._peek()
            if text in ("*", "/"):
                self._next += 1
                factor = self._sign() * self._power()
                value = value * factor if text == "*" else value / factor
            elif self._is_factor(kind, text):
                value *= self._power()
            else:
                return value

    def _is_factor(self, kind: str, text: str) -> bool:
        """True if the next token is multiplied without a sign, as in `2x` but not in `x 2`."""
        if kind == "number":
            return self._tokens[self._next - 1][1] in (")", "}")
        return kind in ("function", "command", "name") or text in ("(", "{", "π", "√")

    def _power(self) -> complex:
        base = self._atom()
        while self._peek()[1] == "!":
            self._next += 1
            base = _factorial(base)
        if self._peek()[1] != "^":
            return base
        self._next += 1
        return base ** (self._sign() * self._power())

    def _atom(self) -> complex:
        kind, text = self._take()
        if kind == "number":
            return float(text)
        if kind == "name":
            return self._value_of(text)
        if text in _SIGNS:
            return self._group(_SIGNS[text])
        if text == "π":
            return math.pi
        return self._applied(text)

    def _value_of(self, name: str) -> complex:
        """A pseudo-random value from 0.5 to 2 for a name at this point, equal in all formulas."""
        seed = sum(ord(letter) * (n + 1) for n, letter in enumerate(name))
        return 0.5 + (seed * _GOLDEN * self._point) % 1.5

    def _applied(self, function: str) -> complex:
        if function in ("√", "sqrt"):
            return self._root()
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](self._argument())
        if function in _PAIRED:
            return _PAIRED[function](self._argument(), self._argument())
        raise _UnreadableError

    def _root(self) -> complex:
        degree: complex = 2
        if self._peek()[1] == "[":
            self._next += 1
            degree = self._group("]")
        return self._argument() ** (1 / degree)

    def _argument(self) -> complex:
        """A group, or a token in its place: a digit after `\\frac`, a factor after a function."""
        kind, text = self._peek()
        if kind == "number" and self._tokens[self._next - 1][1] == r"\frac":
            return self._digit(text)
        return self._power() if text not in _SIGNS else self._atom()

    def _digit(self, text: str) -> complex:
        first, rest = text[0], text[1:]
        if rest:
            self._tokens = list(self._tokens)
            self._tokens[self._next : self._next + 1] = [("number", first), ("number", rest)]
        self._next += 1
        return float(first)

    def _group(self, closing: str) -> complex:
        value = self._sum()
        if self._take()[1] != closing:
            raise _UnreadableError
        return value

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("", "")

    def _take(self) -> tuple[str, str]:
        token = self._peek()
        if not token[0]:
            raise _UnreadableError
        self._next += 1
        return token


def _factorial(value: complex) -> complex:
    if value.imag or value.real != int(value.real) or not 0 <= value.real <= _LARGEST_FACTORIAL:
        raise _UnreadableError
    return float(math.factorial(int(value.real)))


def _choose(n: complex, k: complex) -> complex:
    return _factorial(n) / _factorial(k) / _factorial(n - k)


_PAIRED: Mapping[str, Callable[[complex, complex], complex]] = {
    r"\frac": lambda over, under: over / under,
    r"\binom": _choose,
}
