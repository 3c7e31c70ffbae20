"""`llm-router policy`: checks policies, shows what is in force, prints one to start from."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from llm_router.domain.policy.models import Model
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.retired_keys import retired_keys
from llm_router.domain.policy.rules import Rule
from llm_router.domain.tiers import TIERS

from .command_line import NOTHING, UNUSABLE, JsonOut, command, group
from .errors import sentence
from .files import policy_in, text_in, writable
from .output import Output, complain, table_of
from .unreachable_rules import never_matching

app = group("Check and show policies.")

_FILE_HELP = "A policy: TOML. Left out, the router's default."


@command(
    app, "check", "llm-router policy check policy.toml", "llm-router policy check --strict *.toml"
)
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Policies: TOML.")],
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on a warning.")] = False,
    json_out: JsonOut = None,
) -> None:
    """Check policies as the router does when it loads one; exits with 2 if one is refused.

    An error names the file, the key and the reason. Found are unknown and missing keys, values
    out of range, tiers and fallbacks that would lead to a weaker model, aliases to nothing, and
    weights of a classifier that this version does not contain. Warnings are about rules that can
    never match, and keys of earlier versions that are ignored.
    """
    out, results = Output(json_out), []
    writable(out.path, beside=files)
    for file in files:
        try:
            policy, warnings = _checked(file)
        except (ValueError, OSError) as error:
            message = sentence(error, {})
            if message is None:
                raise
            complain(message)
            results.append({"file": str(file), "ok": False, "error": message})
        else:
            out.say(f"{file}: {_summary(policy)}")
            out.say(*(f"warning: {file}: {warning}" for warning in warnings))
            result = {"file": str(file), "ok": True, "version": policy.version}
            results.append({**result, "warnings": warnings})
    out.json(results)
    if not all(result["ok"] for result in results):
        raise typer.Exit(UNUSABLE)
    if strict and any(result["warnings"] for result in results):
        raise typer.Exit(NOTHING)


def _checked(file: Path) -> tuple[Policy, list[str]]:
    """A file's policy, and warnings that do not keep the router from taking it."""
    policy = policy_in(file)
    never = (
        f"rules.{rule.name}.when: can never match: {reason}"
        for rule, reason in never_matching(policy.rules)
    )
    return policy, [*retired_keys(tomllib.loads(text_in(file))), *never]


@command(app, "show", "llm-router policy show", "llm-router policy show policy.toml --json")
def show(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=_FILE_HELP)] = None,
    *,
    json_out: JsonOut = None,
) -> None:
    """Show a policy's tiers, models, prices, rules and aliases."""
    out = Output(json_out)
    writable(out.path, beside=[file])
    policy = policy_in(file)
    out.say(f"{file or 'default policy'}: {_summary(policy)}", "")
    out.show(_tiers(policy))
    out.show(_models(policy))
    out.show(_prices(policy))
    if any(model.fallback for model in policy.models):
        out.show(_fallbacks(policy))
    if policy.rules:
        out.show(_rules(policy))
    if policy.aliases:
        out.show(table_of(("alias", "stands for"), sorted(policy.aliases.items())))
    out.say(
        f"Where nothing else decides, a request starts in {policy.default_tier}. "
        f"Savings are against {policy.baseline_model}.",
        _guarantee(policy),
    )
    out.json(policy.model_dump())


@command(app, "default", "llm-router policy default > policy.toml")
def default() -> None:
    """Print the policy that ships with the router, to start from."""
    from llm_router.adapters.policy_files import packaged_policy_text

    typer.echo(packaged_policy_text("default"), nl=False)


def _summary(policy: Policy) -> str:
    rules = len(policy.rules)
    counted = {0: "no rules", 1: "1 rule"}.get(rules, f"{rules} rules")
    return f"ok, version {policy.version}: {len(policy.models)} models, {counted}"


def _tiers(policy: Policy) -> Table:
    def rows() -> Iterator[tuple[str, ...]]:
        for tier in TIERS:
            settings = policy.tiers[tier]
            opinion = settings.second_opinion.replace("_", " ")
            if settings.second_opinion == "when_unsure":
                opinion += f", {settings.unsure_from:g} to {settings.unsure_to:g}"
            models = [model.id for model in policy.models if model.tier == tier]
            yield tier, f"{settings.threshold:g}", opinion, ", ".join(models)

    return table_of(("tier", "threshold", "second opinion", "models"), rows())


def _models(policy: Policy) -> Table:
    columns = ("model", "provider", "tier", "rank", "context", "output")
    return table_of(
        columns,
        (
            (
                model.id,
                model.provider,
                model.tier,
                str(model.rank),
                f"{model.context_window:,}",
                f"{model.max_output_tokens:,}",
            )
            for model in _by_rank(policy)
        ),
        whole=len(columns),
        numbers=("rank", "context", "output"),
    )


def _fallbacks(policy: Policy) -> Table:
    return table_of(
        ("model", "tried first when its call fails"),
        ((model.id, ", ".join(model.fallback)) for model in _by_rank(policy) if model.fallback),
    )


def _prices(policy: Policy) -> Table:
    columns = ("USD per million tokens", "in", "cached in", "out", "as of")
    return table_of(
        columns,
        (
            (
                model.id,
                f"{model.input_usd_per_mtok:f}",
                "" if (cached := model.cached_input_usd_per_mtok) is None else f"{cached:f}",
                f"{model.output_usd_per_mtok:f}",
                model.priced_on.isoformat(),
            )
            for model in _by_rank(policy)
        ),
        whole=len(columns),
        numbers=("in", "cached in", "out"),
    )


def _by_rank(policy: Policy) -> list[Model]:
    return sorted(policy.models, key=lambda model: (model.rank, model.id))


def _rules(policy: Policy) -> Table:
    rows = ((rule.name, str(rule.when), ", ".join(_then(rule))) for rule in policy.rules)
    return table_of(("rule, first match decides", "when", "then"), rows)


def _then(rule: Rule) -> Iterator[str]:
    yield str(rule.then.tier or rule.then.model)
    if rule.then.skip_cascade:
        yield "skip cascade"
    for name, bound in rule.then.limits:
        if bound is not None:
            yield f"{name} {bound}"


def _guarantee(policy: Policy) -> str:
    record = policy.calibration
    if record is None:
        return "Not calibrated: its thresholds promise no quality."
    return (
        f"Calibrated on {record.date}: {record.quality_kept:g} of the quality kept, "
        f"with {1 - record.delta:.0%} confidence."
    )
