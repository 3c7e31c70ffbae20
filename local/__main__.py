"""The local stack's commands: `python -m local up | down | status`."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from .invoke import invoke as run_in_container
from .settings import LocalStackError, StackSettings
from .stack import LocalStack

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console(highlight=False, soft_wrap=True)

SIMPLE = {
    "model": "auto",
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
}
COMPLEX = {
    "model": "auto",
    "messages": [
        {
            "role": "user",
            "content": "Design an algorithm that finds the k largest of n numbers, prove its "
            "complexity and evaluate the trade-offs against sorting.",
        }
    ],
}
OUTAGE = {**SIMPLE, "router": {"feature": "outage-demo"}}


@app.command()
def up() -> None:
    """Start everything, deploy the template and show how to call it."""
    with console.status("starting") as status:

        def report(step: str) -> None:
            status.update(step)
            if not console.is_terminal:
                console.print(step)

        stack = LocalStack(StackSettings.from_environment(), report)
        stack.up()
        stack.write_invoke_config()
    _show(stack)


@app.command()
def down() -> None:
    """Stop exactly what `up` started."""
    stopped = LocalStack(StackSettings()).down()
    console.print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")


@app.command()
def status() -> None:
    """Say what runs."""
    running = LocalStack(StackSettings.from_environment()).running()
    for name, alive in running.items():
        console.print(f"{name}: {'running' if alive else 'stopped'}")
    if not running:
        console.print("nothing was started; run `make up`")
    if not running or not all(running.values()):
        raise typer.Exit(1)


@app.command()
def invoke(function: str, event: Path) -> None:
    """Run a function in a container with an event, against the running stack."""
    stack = LocalStack(StackSettings.from_environment())
    if not all(stack.running().values()) or not stack.running():
        raise LocalStackError("The local stack does not run: `make up` starts it.")
    done = run_in_container(stack, function, event)
    Console(stderr=True, soft_wrap=True).print(escape(done.stderr))
    console.print(escape(done.stdout))
    raise typer.Exit(done.returncode)


def _show(stack: LocalStack) -> None:
    console.print(f"\nURL:  {stack.api_url}\nkey:  {stack.api_key}\npage: {stack.page_url}\n")
    console.print("a simple request:", _curl(stack, SIMPLE), sep="\n")
    console.print("\na complex one:", _curl(stack, COMPLEX), sep="\n")
    if stack.deployment.uses_vendors:
        console.print("\n(no outage to show: the real providers answer)")
    else:
        console.print("\none whose first model is unplugged:", _curl(stack, OUTAGE), sep="\n")


def _curl(stack: LocalStack, body: Mapping[str, object]) -> str:
    words = ["curl", "-sS", f"{stack.api_url}/chat/completions"]
    words += ["-H", f"Authorization: Bearer {stack.api_key}"]
    words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return escape(shlex.join(words))


def main() -> None:
    """Run a command; an error ends it with one sentence and a non-zero exit status."""
    try:
        app()
    except LocalStackError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"error: {escape(str(error))}")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
