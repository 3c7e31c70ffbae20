"""`llm-router-eval`: measures and calibrates the router on recorded answers."""

import typer

from .calibrate.command import calibrate_command
from .certificate.command import certificate_command
from .classifier.command import classifier_command
from .classifier.report import classifier_report
from .collect.command import collect_command
from .replay.command import replay_command

app = typer.Typer(name="llm-router-eval", no_args_is_help=True, add_completion=False, help=__doc__)
app.command("replay")(replay_command)
app.command("calibrate")(calibrate_command)
app.command("classifier")(classifier_command(classifier_report))
app.command("certificate")(certificate_command)
app.command("collect")(collect_command)


def main() -> None:
    """The console script."""
    app(prog_name="llm-router-eval")
