"""Running the groups of a file: calls, `with` blocks and registered functions, each at its place in the order."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from engine.carb.logging import log_warn
from engine.graph.graph import get_graph
from engine.replicator_yaml import functions
from engine.replicator_yaml.document import Document
from engine.replicator_yaml.errors import ParserError, near
from engine.replicator_yaml.functions import Kind, is_call, is_with
from engine.replicator_yaml.reader import Located
from engine.replicator_yaml.references import INPUTS, Scope, is_registration, needs

ARGUMENT = re.compile(r"^[\w.]+: (?:unknown argument )?(\w+)=")  # how rep names the argument it refuses


class Interpreter:
    """One run of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.scope = Scope()
        self._open: list[str] = []

    def run(self) -> dict[str, Any]:
        """Run every group of the file in order and return what each made."""
        for name in self.document.groups:
            self.group(name)
        return {name: self.scope.values[name] for name in self.document.groups}

    def group(self, name: str) -> None:
        """Run a group, and before it those it refers to, unless that has been done."""
        if name in self.scope.values or name in self._open:
            return
        node = self.document.find(name)
        self._open.append(name)
        for other in needs(node, self.document, hidden=frozenset({name})):
            self.group(other)
        self.scope.values[name] = self.block(name, node, self.scope)
        self._open.pop()

    def block(self, name: str, node: Located, scope: Scope) -> Any:
        """Return what a named block makes: the result of its function, or the data it holds.

        Raises:
            ParserError: if it holds more than one function, or a function and something beside it.
        """
        if not isinstance(node.value, dict):
            return node.value if isinstance(node.value, str) else self.value(name, node, scope)
        entries = self.document.expanded(node, name).value
        calls = [key for key in entries if is_call(key)]
        if not calls:
            return {key: self._data(f"{name}.{key}", key, child, scope) for key, child in entries.items()}
        entries = adopted(entries)
        if len(entries) > 1 and not all(map(is_with, entries)):
            others = [key for key in entries if key != calls[0]]
            raise entries[others[0]].error(
                f"{name}.{others[0]}",
                f"stands beside {calls[0]}; expected one function in a group: indent an argument below its function, "
                "or give the other function a group of its own",
            )
        return self.body(entries, scope)

    def _data(self, path: str, key: str, node: Located, scope: Scope) -> Any:
        """Return an entry of a block without functions.

        Raises:
            ParserError: if it looks like a `with` that is written with an underscore.
        """
        name = key.removeprefix("with_")
        if key.startswith("with_") and isinstance(node.value, dict):
            raise node.error(path, f"is no function; expected module.function or with.group; did you mean with.{name}?")
        return self.value(path, node, scope)

    def body(self, entries: dict[str, Located], scope: Scope) -> Any:
        """Run statements one after the other and return the result of the last."""
        result = None
        for key, node in adopted(entries).items():
            if is_with(key):
                result = self.with_block(key, node, scope)
            elif is_call(key):
                result = self.call(key, node, scope)
            else:
                result = scope.values[key] = self.block(key, node, scope)
        return result

    def with_block(self, key: str, node: Located, scope: Scope) -> Any:
        """Run what stands below `with.group` inside that group, and return the group.

        Raises:
            ParserError: if there is no such group, or it is nothing that can be opened.
        """
        name = key.removeprefix(functions.WITH)
        if name not in scope:
            known = ", ".join(scope.names()) or "none"
            raise node.error(key, f"there is no group '{name}' here{near(name, scope.names())} (groups: {known})")
        item = scope[name]
        if not hasattr(item, "__enter__"):
            raise node.error(key, f"'{name}' is {item!r}; expected a group of prims or a trigger")
        entries = self.document.expanded(node).value
        if entries is not None and not isinstance(entries, dict):
            raise node.error(key, f"{functions.plain(node)!r} was given; expected functions below it")
        with item:
            self.body(entries or {}, scope)
        return item

    def call(self, key: str, node: Located, scope: Scope) -> Any:
        """Call the function a key names with what stands below it.

        Raises:
            ParserError: if there is none, or it refuses its arguments.
        """
        function = self.function(key, node, scope)
        if is_registration(key, node):
            return self.register(function, node, scope)
        given = functions.check_arguments(function, key, node)
        arguments = {
            name: self.value(f"{key}.{name}", child, scope, functions.kind_of(function, name))
            for name, child in given.items()
        }
        made = len(get_graph().nodes)
        try:
            result = function(**arguments)
        except ParserError:
            raise
        except Exception as error:  # a key can name any function, also a user's
            raise refusal(key, node, given, error) from error
        for item in get_graph().nodes[made:]:
            item.origin = item.origin or f"{node.file}:{node.line}: {key}"
        return result

    def function(self, key: str, node: Located, scope: Scope) -> Callable[..., Any]:
        """Return the function of `rep`, or the method of a group, that a key names.

        Raises:
            ParserError: if there is none.
        """
        found = functions.rep_function(key)
        if found is not None:
            return found
        group, _, method = key.partition(".")
        if group in scope and callable(bound := getattr(scope[group], method, None)):
            return bound
        if group in scope:
            methods = [name for name in dir(scope[group]) if not name.startswith("_")]
            hint = near(method, methods) or functions.suggestions(key, scope.names())
            raise node.error(key, f"group '{group}' has no function '{method}'{hint}")
        raise node.error(
            key,
            f"there is no such function in omni.replicator.core of the embedded engine (docs/parity.md lists them), "
            f"and no group '{group}'{functions.suggestions(key, scope.names())}",
        )

    def value(self, path: str, node: Located, scope: Scope, kind: Kind = Kind.ANY) -> Any:
        """Return a value: data, the result of a function, or the group that a word names.

        Raises:
            ParserError: if a function has something beside it.
        """
        if isinstance(node.value, str):
            return scope.text(node.value, kind)
        if isinstance(node.value, list):
            return [self.value(f"{path}[{i}]", child, scope, kind) for i, child in enumerate(node.value)]
        if not isinstance(node.value, dict):
            return node.value
        calls = [key for key in node.value if is_call(key)]
        if not calls:
            return {key: self.value(f"{path}.{key}", child, scope, kind) for key, child in node.value.items()}
        if len(node.value) > 1:
            other = next(key for key in node.value if key != calls[0])
            raise node.value[other].error(f"{path}.{other}", f"stands beside {calls[0]}; expected one function alone")
        return self.call(calls[0], node.value[calls[0]], scope)

    def register(self, register: Callable[..., Any], node: Located, scope: Scope) -> None:
        """Define the functions below `randomizer.register`, so that they can be called by name.

        Raises:
            ParserError: if a function has no body.
        """
        for name, body in node.value.items():
            entries = self.document.expanded(body).value
            if not isinstance(entries, dict):
                raise body.error(f"randomizer.register.{name}", "has nothing below it; expected inputs and functions")
            register(self._made(name, dict(entries), scope), fn_name=name)

    def _made(self, name: str, entries: dict[str, Located], scope: Scope) -> Callable[..., Any]:
        """Return the function that a registered block stands for.

        Raises:
            ParserError: if `inputs` is no mapping of names to defaults.
        """
        inputs = entries.pop(INPUTS, None)
        if inputs is not None and not isinstance(inputs.value, dict | None):
            raise inputs.error(
                f"{name}.{INPUTS}", f"{functions.plain(inputs)!r} was given; expected names with defaults"
            )
        defaults = (inputs.value or {}) if inputs is not None else {}

        def run(**given: Any) -> Any:
            own = {k: self.value(f"{name}.{INPUTS}.{k}", v, scope) for k, v in defaults.items() if k not in given}
            result = self.body(entries, Scope({**own, **given}, scope))
            return getattr(result, "node", result)

        keyword = inspect.Parameter.KEYWORD_ONLY
        listed = [inspect.Parameter(key, keyword, default=functions.plain(child)) for key, child in defaults.items()]
        run.__name__ = run.__qualname__ = name
        run.__signature__ = inspect.Signature(listed)  # type: ignore[attr-defined]
        return run


def adopted(entries: dict[str, Located]) -> dict[str, Located]:
    """Return statements with arguments that stand beside a function without any moved below it, and warn of them."""
    result: dict[str, Located] = {}
    open_key, names = "", set[str]()
    for key, node in entries.items():
        if not is_call(key) and open_key and key in names:
            call = result[open_key]
            log_warn(
                f"{node.file}:{node.line}: {key}: read as an argument of {open_key} (line {call.line}), which has none "
                "of its own; indent it below it"
            )
            result[open_key] = Located({**(call.value or {}), key: node}, call.file, call.line)
            continue
        result[key] = node
        function = functions.rep_function(key) if is_call(key) and node.value is None else None
        open_key, names = (key, set(functions.parameters(function))) if function is not None else ("", set())
    return result


def refusal(key: str, node: Located, given: dict[str, Located], error: Exception) -> ParserError:
    """Return the error for a call that failed, at the argument its message names."""
    text = str(error) or type(error).__name__
    named = ARGUMENT.match(text)
    if named and named[1] in given:
        return given[named[1]].error(f"{key}.{named[1]}", text)
    return node.error(key, text)
