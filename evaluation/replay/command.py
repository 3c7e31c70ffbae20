"""`llm-router eval replay`: compares strategies on recorded answers."""

from evaluation.command_line import (
    Cheap,
    Data,
    Peer,
    ReportOut,
    Strong,
    are_recorded,
    output,
    progress,
    write_page,
)
from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import read_rows
from operations.command_line import JsonOut, PolicyFile, Seed
from operations.files import policy_in
from operations.output import Output

from .html_report import report as page
from .measure import REPLAYS, Measurement, as_json, measure
from .tables import dataset_table, remarks, role_table, strategy_table


def replay_command(  # noqa: PLR0913
    data: Data,
    *,
    cheap: Cheap,
    strong: Strong,
    peer: Peer = None,
    policy: PolicyFile = None,
    json_out: JsonOut = None,
    report: ReportOut = None,
    seed: Seed = 0,
) -> None:
    """Replay recorded answers through the router and compare ways to choose a model."""
    out = output(json_out, report, beside=[*data, policy])
    chosen, rows = policy_in(policy), read_rows(data)
    are_recorded(rows, cheap=cheap, peer=peer, strong=strong)
    roles = ModelRoles(cheap=cheap, strong=strong, peer=peer)
    with progress("replaying", REPLAYS * len(rows)) as done:
        measurement = measure(rows, roles, chosen, seed=seed, done=done)
    _show(measurement, out)
    out.json(as_json(measurement))
    if report is not None:
        write_page(report, page(measurement))


def _show(measurement: Measurement, out: Output) -> None:
    out.show(role_table(measurement))
    out.say(*remarks(measurement))
    out.show(strategy_table(measurement.strategies))
    out.show(dataset_table(measurement))
    out.say("In brackets: 95 % intervals. `strong %`: how often the strong model is asked.")
