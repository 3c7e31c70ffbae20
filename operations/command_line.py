"""The one way in which all commands take options, report errors and end.

A group is a module with an `app` made by `group`; its commands are functions registered with
`command`. A group or command that is imported only when it is called is a `Lazy` in a table.
"""

import inspect
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from .errors import sentence
from .output import STDOUT, complain

NOTHING, UNUSABLE, SOMETHING_IS_LEFT, INTERRUPTED, NOBODY_READS = 1, 2, 3, 130, 141
EXIT_CODES = """Exit codes:
0    done
1    it ran, and the answer is no or nothing
2    input or options cannot be used; one sentence on stderr says why
3    something is left; run it again
130  interrupted
141  whoever read its output went away"""

Function = TypeVar("Function", bound=Callable[..., Any])
_JSON = "--json"

JsonOut = Annotated[
    str | None,
    typer.Option(
        _JSON, metavar="[OUT]", help="JSON: to stdout and nothing else there, or into a file OUT."
    ),
]
KeyTable = Annotated[str, typer.Option("--table", help="The stack's output KeyTableName.")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="A policy file; left out, the router's default.")
]
Seed = Annotated[int, typer.Option(help="Decides everything that is drawn at random.")]


@dataclass(frozen=True)
class Lazy:
    """A group or command that is imported when it is called; `help` is its help's first line.

    `attribute` names a function, or the group's Typer application. `examples` are a function's.
    """

    module: str
    help: str
    attribute: str = "app"
    examples: Sequence[str] = ()

    def stub(self, name: str) -> TyperCommand:
        """A command for lists of commands, which cannot be run."""
        return TyperCommand(name, help=self.help)

    def loaded(self, name: str) -> Any:
        """The real one."""
        found = getattr(import_module(self.module), self.attribute)
        if isinstance(found, typer.Typer):
            app = found
        else:
            app = typer.Typer(add_completion=False)
            command(app, name, *self.examples)(found)
        made = get_command(app)
        made.name = name
        return made


class Command(TyperCommand):
    """A command whose expected errors end in one sentence and exit code 2."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words; a bare `--json` means stdout."""
        if any(_JSON in parameter.opts for parameter in self.params):
            args = _with_json_target(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.TyperException, BrokenPipeError):
            raise
        except Exception as error:
            message = sentence(error, ctx.params)
            if message is None:
                raise
            complain(message)
            raise typer.Exit(UNUSABLE) from error

    def main(self, *args: Any, **more: Any) -> Any:
        """Run it as a program."""
        return _as_program(self, *args, **more)


class Group(TyperGroup):
    """A group of commands, some of which are imported only when they are called."""

    table: ClassVar[Mapping[str, Lazy]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, lazy in self.table.items():
            self.add_command(lazy.stub(name))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the words call, and import it if need be."""
        name, found, rest = super().resolve_command(ctx, args)
        if name is not None and name in self.table:
            try:
                return name, self.table[name].loaded(name), rest
            except ModuleNotFoundError as error:
                message = sentence(error, {})
                if message is None:
                    raise
                complain(message)
                raise typer.Exit(UNUSABLE) from error
        return name, found, rest

    def main(self, *args: Any, **more: Any) -> Any:
        """Run it as a program."""
        return _as_program(self, *args, **more)


def group(
    help: str, *examples: str, epilog: str = "", cls: type[Group] = Group, **more: Any
) -> typer.Typer:
    """An application for a group of commands."""
    return typer.Typer(
        cls=cls,
        help=help,
        epilog=_epilog(examples, epilog),
        no_args_is_help=True,
        add_completion=False,
        # The pretty ones can show local variables, and a key may be among them.
        pretty_exceptions_enable=False,
        **more,
    )


def command(app: typer.Typer, name: str, *examples: str) -> Callable[[Function], Function]:
    """Register a function as a command, with examples for the end of its help."""

    def register(function: Function) -> Function:
        shown = {"help": _help(function), "epilog": _epilog(examples)}
        return app.command(name, cls=Command, **shown)(function)  # type: ignore[arg-type]

    return register


def unusable(option: str, reason: str) -> typer.BadParameter:
    """The error that names the option or argument and what is wrong with its value."""
    return typer.BadParameter(reason, param_hint=f"'{option}'")


def _help(function: Callable[..., Any]) -> str:
    """The function's docstring, each paragraph as one line for the terminal to wrap."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in paragraphs).replace("[", r"\[")


def _epilog(examples: Sequence[str], more: str = "") -> str | None:
    parts = [more] if more else []
    if examples:
        parts.append("\n".join(["Examples:", *(f"  {example}" for example in examples)]))
    return "\n\n".join(parts).replace("[", r"\[") or None


def _with_json_target(words: Sequence[str]) -> list[str]:
    """The words with the target of a bare `--json` spelled out."""
    spelled, options_end = list[str](), False
    for place, word in enumerate(words):
        options_end = options_end or word == "--"
        following = words[place + 1] if place + 1 < len(words) else "--"
        bare = following.startswith("-") and following != STDOUT
        spelled.append(f"{_JSON}={STDOUT}" if word == _JSON and bare and not options_end else word)
    return spelled


def _as_program(
    called: TyperCommand | TyperGroup,
    args: Sequence[str] | None = None,
    prog_name: str | None = None,
    **more: Any,
) -> Any:
    """Run a command and exit with its code, whatever Typer's own way would be."""
    for handled_here in ("complete_var", "standalone_mode", "windows_expand_args"):
        more.pop(handled_here, None)
    words = list(sys.argv[1:] if args is None else args)
    code = _exit_code(called, prog_name or Path(sys.argv[0]).name, words, more)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        code = code or NOBODY_READS
        _let_go_of_stdout()
    except OSError as error:
        complain(f"stdout: {error.strerror}")
        code = code or UNUSABLE
        _let_go_of_stdout()
    sys.exit(code)


def _exit_code(
    called: TyperCommand | TyperGroup, name: str, words: list[str], more: Mapping[str, Any]
) -> int:
    try:
        with called.make_context(name, words, **more) as context:
            called.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        # Empty after the help of a group that was called without a command: it is printed.
        if message := error.format_message().strip():
            wrong = getattr(error, "ctx", None)
            hint = f"; see {wrong.command_path} --help" if wrong else ""
            complain(f"{message.rstrip('.')}{hint}")
        return UNUSABLE
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return NOBODY_READS
    except SystemExit as end:
        # Rich ends the program itself when nobody reads what it prints.
        if isinstance(end.__context__, BrokenPipeError):
            return NOBODY_READS
        raise
    return 0


def _let_go_of_stdout() -> None:
    """Let the interpreter's own flush at the end go nowhere instead of failing again."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation):
        return
