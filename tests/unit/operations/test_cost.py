"""What the router itself costs: prices, bills, the break-even, and the command."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from operations.cli import app
from operations.cost.architecture import architecture
from operations.cost.command import _sentences
from operations.cost.estimate import FUNCTIONS, METRICS, Bill, Part, Traffic, _charges, bill
from operations.cost.litellm import break_even, litellm_on_ecs
from operations.cost.prices import Meter, Price, Step, list_prices

USES, PRICES, OTHER = architecture(), list_prices(), litellm_on_ecs()
LAMBDA, REQUEST = Decimal("0.0000133334"), Decimal("0.0000002")
STEPPED = Price(
    what="a thing", unit="things", per=Decimal(10), usd=Decimal(5), free=Decimal(3),
    steps=(Step(above=Decimal(100), usd=Decimal(2)), Step(above=Decimal(200), usd=Decimal(1))),
    source="https://example.com", confirmed=True,
)  # fmt: skip


def billed(**traffic: Any) -> Bill:
    return bill(Traffic(**traffic), USES, PRICES)


def part(made: Bill, name: str) -> Part:
    (found,) = [one for one in made.parts if one.name == name]
    return found


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["cost", *map(str, words)])


@pytest.mark.parametrize(
    ("units", "usd"), [(0, 0), (10, 5), (100, 50), (150, 60), (200, 70), (1_200, 170)]
)
def test_each_step_of_a_price_holds_for_the_units_above_it(units: int, usd: int) -> None:
    assert STEPPED.of(Decimal(units)) == usd


@pytest.mark.parametrize(("units", "usd"), [(0, "0"), (2, "0"), (3, "0"), (13, "5")])
def test_free_units_are_the_first_of_a_month(units: int, usd: str) -> None:
    assert STEPPED.of(Decimal(units), free_tier=True) == Decimal(usd)


@given(
    st.sampled_from(sorted(PRICES.prices)),
    st.lists(st.integers(0, 2 * 10**10), max_size=6),
    st.booleans(),
)
def test_a_meter_bills_the_same_in_any_portions(
    name: str, portions: list[int], free_tier: bool
) -> None:
    meter, price = Meter(PRICES, free_tier=free_tier), PRICES.prices[name]
    in_portions = sum((meter.add(name, Decimal(n)) for n in portions), Decimal(0))
    assert in_portions == price.of(Decimal(sum(portions)), free_tier=free_tier)
    assert in_portions >= 0


def test_every_price_has_a_source_at_aws_and_says_what_it_rests_on_if_not_confirmed() -> None:
    for price in PRICES.prices.values():
        assert price.source.startswith("https://aws.amazon.com/")
        assert price.confirmed or price.note
        assert [step.above for step in price.steps] == sorted(step.above for step in price.steps)
        assert all(step.usd < price.usd for step in price.steps)
    assert PRICES.region == "us-east-1"


def test_every_price_is_of_something_that_is_billed_or_compared() -> None:
    stacks = [Traffic(architecture="x86_64", shadow=True), Traffic()]
    billed_for = {one.price for stack in stacks for one in _charges(stack, USES, Decimal(730))}
    compared = {use.price for one in OTHER.services for use in (*one.idle, *one.traffic)}
    assert PRICES.prices.keys() == billed_for | compared | {*OTHER.per_request, "valkey_serverless"}


def test_route_is_billed_for_its_whole_wait() -> None:
    slow, fast = (
        part(billed(latency=latency), FUNCTIONS["route"]).requests_usd for latency in (13, 3)
    )
    assert slow - fast == 1_000_000 * 10 * LAMBDA * USES.memory_mb["route"] / 1024


def test_a_second_opinion_is_two_invocations_and_no_second_wait() -> None:
    one, two = billed(latency=3), billed(latency=3, second_opinions=1)
    waits = [part(made, FUNCTIONS["route"]).requests_usd for made in (one, two)]
    assert 1 < waits[1] / waits[0] < Decimal("1.01")
    calls = [part(made, FUNCTIONS["invoke_model"]).requests_usd for made in (one, two)]
    seconds, memory = USES.seconds, Decimal(USES.memory_mb["invoke_model"]) / 1024
    added = (3 + seconds.invoke_model + seconds.comparison) * memory * LAMBDA + 2 * REQUEST
    assert calls[1] - calls[0] == 1_000_000 * added


def test_an_escalation_is_another_wait() -> None:
    one, two = billed(latency=3), billed(latency=3, escalations=1)
    for name in (FUNCTIONS["route"], FUNCTIONS["invoke_model"], "Step Functions Express"):
        assert part(two, name).requests_usd > Decimal("1.5") * part(one, name).requests_usd


def test_an_execution_is_billed_as_in_aws_own_example() -> None:
    # https://aws.amazon.com/step-functions/pricing/: 100 million executions of 10 s and 64 MB.
    meter, gb_hours = Meter(PRICES), Decimal(100_000_000) * 10 * 64 / 1024 / 3600
    assert round(meter.add("express_memory", gb_hours), 2) == Decimal("382.97")
    assert meter.add("express_request", Decimal(100_000_000)) == 100


@pytest.mark.parametrize(
    ("stack", "nodes", "zones"),
    [
        ({"cache": "create"}, 1, 1),
        ({"cache": "create", "multi_az": True}, 2, 2),
        ({"cache": "existing", "endpoints": True}, 0, 1),
        ({"cache": "existing"}, 0, 0),
        ({"cache": "none", "multi_az": True}, 0, 0),
    ],
)
def test_a_cache_mode_decides_on_nodes_and_endpoints(
    stack: dict[str, Any], nodes: int, zones: int
) -> None:
    made = billed(requests=0, **stack)
    idle = {one.name: one.idle_usd for one in made.parts}
    assert idle.get("cache nodes", 0) == nodes * 730 * Decimal("0.0128")
    assert idle.get("interface endpoint", 0) == zones * 730 * Decimal("0.01")


def test_without_ledgers_there_is_neither_a_bucket_nor_a_shadow_run() -> None:
    names = {one.name for one in billed(ledgers=False, shadow=True).parts}
    assert not names & {"ledgers in S3", FUNCTIONS["shadow"]}
    assert FUNCTIONS["shadow"] not in {one.name for one in billed().parts}
    runs = part(billed(requests=0, shadow=True), FUNCTIONS["shadow"]).idle_usd
    listed = part(billed(requests=0, shadow=True), "ledgers in S3").idle_usd
    assert listed == 8_760 * Decimal("0.000005")
    assert listed > runs > 8_760 * REQUEST


def test_metrics_cost_only_in_hours_with_requests() -> None:
    most = USES.series.most * Decimal("0.30")
    assert part(billed(requests=0), METRICS).usd == 0
    assert part(billed(requests=73), METRICS).usd == most / 10
    assert part(billed(requests=10**6), METRICS).usd == most


def test_a_sum_is_that_of_its_parts_and_grows_with_everything() -> None:
    made = billed(latency=3)
    assert made.total.usd == sum(one.usd for one in made.parts)
    assert billed(requests=0).total.requests_usd == 0
    assert billed(requests=0).per_thousand(billed(requests=0).total) == 0
    for more in (
        {"latency": 4}, {"latency": 3, "second_opinions": 1}, {"latency": 3, "escalations": 1},
        {"latency": 3, "architecture": "x86_64"}, {"latency": 3, "requests": 1_000_001},
    ):  # fmt: skip
        assert billed(**more).total.usd > made.total.usd, more
    assert billed(latency=3, free_tier=True).total.usd < made.total.usd


def test_the_published_table_of_litellm_adds_up_and_is_never_exceeded() -> None:
    assert sum(one.published_usd for one in OTHER.services) == OTHER.published_usd
    for service in OTHER.services:
        assert service.unexplained_usd(PRICES) > Decimal("-0.02"), service.service
    assert Decimal(200) < OTHER.idle_usd(PRICES) < OTHER.published_usd


@pytest.mark.parametrize("latency", [1, 8])
def test_at_the_break_even_and_no_request_earlier_the_router_is_dearer(latency: int) -> None:
    traffic = Traffic(latency=Decimal(latency))
    standing = OTHER.idle_usd(PRICES)
    found = break_even(traffic, standing, OTHER, USES, PRICES)
    assert found is not None
    for requests, dearer in ((found, True), (found - 1, False)):
        ours = billed(latency=latency, requests=requests).total.usd
        assert (ours > standing + OTHER.requests_usd(requests, PRICES)) is dearer
    assert break_even(traffic, Decimal(10**12), OTHER, USES, PRICES) is None


def test_the_command_shows_parts_and_their_sum() -> None:
    shown = run("--requests", 1000, "--latency", 3, "--cache", "none")
    assert (shown.exit_code, shown.stderr) == (0, "")
    made = billed(
        requests=1000, cache="none", second_opinions=Decimal("0.4"), escalations=Decimal("0.15")
    )
    rows = {line[:28].strip(): line[28:].split() for line in shown.stdout.splitlines()}
    assert {one.name for one in made.parts} <= set(rows)
    total = made.total
    assert rows["sum"] == [
        f"{total.idle_usd:.2f}", f"{made.per_thousand(total):.4f}", f"{total.usd:.2f}",
    ]  # fmt: skip


def test_a_price_that_is_not_confirmed_is_named() -> None:
    alarm = PRICES.prices["alarm"].model_copy(update={"confirmed": False})
    prices = {**PRICES.prices, "alarm": alarm}
    doubtful = PRICES.model_copy(update={"prices": prices})
    assert "Not confirmed: CloudWatch, standard alarms." in _sentences(doubtful)


def test_the_commands_json_is_the_bill() -> None:
    said = json.loads(run("--route-memory", 512, "--no-ledgers", "--multi-az", "--json").stdout)
    uses = USES.model_copy(update={"memory_mb": {**USES.memory_mb, "route": 512}})
    shares = {"second_opinions": Decimal("0.4"), "escalations": Decimal("0.15")}
    made = bill(Traffic(ledgers=False, multi_az=True, **shares), uses, PRICES)
    assert said["parts"].keys() == {one.name for one in made.parts}
    assert said["sum"]["usd"] == pytest.approx(float(made.total.usd))
    assert (said["region"], said["looked_up"]) == ("us-east-1", str(PRICES.looked_up))
    assert said["traffic"]["ledgers"] is False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--latency", "nan"), "--latency"),
        (("--latency", "inf"), "--latency"),
        (("--latency", "-1"), "--latency"),
        (("--requests", "many"), "--requests"),
        (("--second-opinions", "2"), "--second-opinions"),
        (("--escalations", "nan"), "--escalations"),
        (("--cache", "redis"), "--cache"),
        (("--route-memory", "64"), "--route-memory"),
        (("--shadow", "--no-ledgers"), "--shadow"),
    ],
)
def test_what_cannot_be_estimated_is_one_sentence(words: tuple[str, ...], told: str) -> None:
    ended = run(*words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: ")
    assert told in ended.stderr
