import json
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evaluation.certificate.certificate import COST_PARTS, bound, is_accepted
from evaluation.certificate.command import as_json, since_in
from evaluation.certificate.html_page import page
from evaluation.certificate.ledgers import read_traffic
from evaluation.certificate.text import remarks, summary, usd
from evaluation.cli import app
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.shadow_check import ShadowResult, ShadowSpend
from llm_router.domain.tiers import Tier
from tests.support.fake_s3 import FakeS3
from tests.support.ledger_records import (
    NOW_MS,
    SINCE,
    UNTIL,
    attempt,
    certified,
    record,
)


def result(request_id: str, agreement: float | None = 1.0, **changes: object) -> ShadowResult:
    return ShadowResult.model_validate(
        {
            "request_id": request_id, "tier": "simple", "first_model": "cheap",
            "strong_model": "strong", "outcome": "compared", "comparable": True,
            "agreement": agreement, "cost_nano_usd": 10, "checked_epoch_ms": NOW_MS, **changes,
        }
    )  # fmt: skip


def label(request_id: str, score: float) -> Label:
    return Label(request_id=request_id, tenant="t", score=score, labelled_epoch_ms=NOW_MS)


ESCALATED = record("20270115-e", attempt("cheap", "first"), attempt("strong", "escalation", 700))
FAILED = record(
    "20270115-f",
    attempt("cheap", "first", 300, "unavailable"),
    status="failed", answered_by=None, baseline_nano_usd=None,
)  # fmt: skip
LOST = record(
    "20270115-l", status="unfinished", answered_by=None, baseline_nano_usd=None, attempts=(),
    cost_nano_usd=64, unknown_nano_usd=64,
)  # fmt: skip
DECIDED = record(
    "20270115-r",
    attempt("cheap", "classification", 7),
    purpose="classify", status="decided", answered_by=None, baseline_nano_usd=None,
)  # fmt: skip


def many(n: int) -> list[LedgerRecord]:
    return [record(f"20270115-{number:04}") for number in range(n)]


# ---- reading -------------------------------------------------------------------------------------


def test_the_days_are_read_page_by_page_and_what_does_not_belong_is_counted() -> None:
    early = record("20270108-a", received_epoch_ms=int(SINCE.timestamp() * 1000) - 1)
    kept = [record("20270108-b", received_epoch_ms=NOW_MS - 6 * 86_400_000), *many(4)]
    objects = {
        f"ledger/{r.request_id[:8]}/{r.request_id}.json": r.model_dump_json().encode()
        for r in [early, *kept]
    }
    objects |= {
        "ledger/20270115/broken.json": b'{"not": "one"}',
        "ledger/20270101/old.json": b"never read",
        "labels/20270115/x.json": label("20270115-0001", 1).model_dump_json().encode(),
        "labels/20270115/y.json": label("20270115-unknown", 1).model_dump_json().encode(),
        "shadow-results/20270115/x.json": result("20270115-0002").model_dump_json().encode(),
        "shadow-results/spend/20270115.json": ShadowSpend(day="20270115")
        .model_dump_json()
        .encode(),
        "shadow/20270115-0003.json": b"a job",
    }
    read: list[None] = []
    found = read_traffic(FakeS3(objects).client(), "b", SINCE, UNTIL, lambda: read.append(None))
    assert [r.request_id for r in found.records] == [r.request_id for r in kept]
    assert [r.request_id for r in found.labels] == ["20270115-0001"]
    assert [r.request_id for r in found.results] == ["20270115-0002"]
    assert [s.day for s in found.spends] == ["20270115"]
    assert (found.unreadable, found.unmatched) == (1, 1)
    assert len(read) == 11


# ---- figures -------------------------------------------------------------------------------------


def test_the_saving_is_signed_and_failures_count_against_it() -> None:
    money = certified([*many(1), FAILED]).money
    assert money.saving_nano_usd == 1_000 - 100 - 300
    assert money.estimated_nano_usd == 300
    dear = certified([record("20270115-d", attempt("cheap", "first", 5_000))])
    assert dear.money.saving_nano_usd == -4_000
    assert any(line.startswith("lost: -$") for line in summary(dear))


def test_every_nano_usd_has_a_part() -> None:
    mixed = record(
        "20270115-m",
        attempt("c", "classification", 1), attempt("cheap", "first", 2),
        attempt("peer", "second_opinion", 4), attempt("x", "escalation", 8, "unavailable"),
        attempt("y", "fallback", 16), attempt("strong", "escalation", 32),
    )  # fmt: skip
    parts = certified([mixed, LOST]).cost_by_part_nano_usd
    assert dict(zip(COST_PARTS, (2, 4, 32, 16, 1, 8, 64), strict=True)) == parts
    assert sum(parts.values()) == mixed.cost_nano_usd + LOST.cost_nano_usd


def test_a_request_that_was_not_carried_to_its_end_counts_with_what_it_may_have_cost() -> None:
    found = certified([*many(1), LOST])
    assert (found.requests, found.answered, found.unfinished) == (2, 1, 1)
    assert found.money.cost_nano_usd == 100 + 64
    assert found.money.estimated_nano_usd == 64
    assert any("not carried to an end" in remark for remark in remarks(found))


def test_a_decision_alone_is_a_cost_and_no_request() -> None:
    found = certified([*many(1), DECIDED])
    assert (found.requests, found.answered, found.decisions) == (1, 1, 1)
    assert found.money.cost_nano_usd == 100 + 7
    assert found.cost_by_part_nano_usd["classification"] == 7
    assert sum(tier.requests for tier in found.tiers) == 1
    assert "1 paid decisions alone" in "".join(summary(found))


def test_rates_are_by_tier_and_judged_by_the_target_once_there_are_enough() -> None:
    escalated = [ESCALATED.model_copy(update={"request_id": f"20270115-e{n}"}) for n in range(30)]
    simple = certified([*many(170), *escalated]).tiers[0]
    assert (simple.tier, simple.requests, simple.escalated) == (Tier.SIMPLE, 200, 0.15)
    assert (simple.on_target, simple.advice) == ("within", None)
    few = certified([ESCALATED, FAILED])
    assert (few.tiers[0].on_target, few.tiers[0].answered) == ("too few to say", 1)
    assert few.tiers[2].requests == 0


def test_a_tier_with_nothing_above_it_is_neither_judged_nor_advised() -> None:
    found = certified([record(f"20270115-{n:04}", start={"tier": "complex"}) for n in range(300)])
    highest = found.tiers[2]
    assert (highest.answered, highest.on_target, highest.advice) == (300, "nothing above it", None)
    lowest = certified(many(300)).tiers[0]
    assert (lowest.on_target, lowest.advice) == (
        "below", "few answers escalate: let this tier take more requests",
    )  # fmt: skip


def test_only_undoubted_first_answers_are_accepted() -> None:
    assert is_accepted(record("20270115-a"))
    assert not is_accepted(ESCALATED)
    assert not is_accepted(FAILED)
    assert not is_accepted(record("20270115-a", degraded=True))
    fallen = record(
        "20270115-a", attempt("cheap", "first", 0, "unavailable"), attempt("other", "fallback")
    )
    assert not is_accepted(fallen)


def test_quality_counts_compared_answers_and_those_with_a_result_apart() -> None:
    records = many(6)
    ids = [r.request_id for r in records]
    found = certified(
        [*records, ESCALATED],
        [
            result(ids[0]), result(ids[1], 0.5), result(ids[2], 0.49),
            result(ids[3], 0.2, comparable=False),
            result(ids[4], None, outcome="failed"), result(ids[5], None, outcome="over_cap"),
            result(ESCALATED.request_id, 0.0),
        ],
        [label(ids[0], 1.0), label(ids[1], 0.5), label(ESCALATED.request_id, 0.0)],
    )  # fmt: skip
    agreed, comparable, users = found.quality.values()
    assert (agreed.n, agreed.observed) == (4, 0.5)
    assert comparable.n == 3
    assert comparable.observed == pytest.approx(2 / 3)
    assert (users.n, users.observed) == (2, 0.75)
    checks = found.checks
    assert (checks.accepted, checks.compared, checks.failed, checks.over_cap) == (6, 4, 1, 1)
    assert "cap" in " ".join(remarks(found))


def test_good_days_before_bad_ones_do_not_lift_the_bound() -> None:
    days = [(f"202701{day:02}-{n}", float(day < 13)) for day in range(10, 16) for n in range(60)]
    found = certified(
        [record(request_id) for request_id, _ in days],
        [result(request_id, agreed) for request_id, agreed in days],
    ).quality["strong model agrees"]
    assert found.lower is not None
    assert found.lower < 0.5 == found.observed


def test_a_bound_is_below_what_was_seen_and_nears_it_with_more_cases() -> None:
    few, more = (bound([float(k % 20 != 10) for k in range(n)], 0.05) for n in (40, 2_000))
    assert few.observed is not None
    assert few.lower is not None
    assert more.lower is not None
    assert 0 < few.lower < more.lower < few.observed == 0.95
    assert few.too_small
    assert few.needed is not None
    assert few.needed > few.n
    assert not more.too_small
    assert bound([], 0.05).too_small
    assert bound([0.0] * 10, 0.05).lower == 0


# ---- what is written -----------------------------------------------------------------------------


def test_the_page_stands_alone_and_says_what_it_covers() -> None:
    pytest.importorskip("matplotlib")
    records = many(40)
    found = certified([*records, ESCALATED, FAILED], [result(r.request_id) for r in records[:20]])
    html = page(found)
    assert html == page(found)
    assert "http" not in html.split("<body>")[1]
    assert html.count("<img ") == 4
    assert "stands in for quality" in html
    assert "too few checks" in html


def test_a_page_without_any_check_can_be_drawn() -> None:
    pytest.importorskip("matplotlib")
    assert "unknown" in page(certified(many(1)))


def test_the_json_holds_the_signed_saving_and_every_bound() -> None:
    written = json.loads(json.dumps(as_json(certified(many(2), [result("20270115-0000")]))))
    assert written["money"]["saving_nano_usd"] == 1_800
    assert written["quality"]["strong model agrees"]["too_small"]
    assert written["bound"] == "betting"


def test_amounts_show_their_sign_and_small_ones_their_digits() -> None:
    assert [usd(n) for n in (0, 1_500_000_000, -2_000_000_000_000, 1_234_567)] == [
        "$0.00", "$1.50", "-$2,000.00", "$0.0012",
    ]  # fmt: skip


def test_a_length_of_time_is_days_or_hours() -> None:
    assert since_in("7d") == timedelta(days=7)
    assert since_in("12h") == timedelta(hours=12)
    for text in ("7", "0d", "d", "7w", "-1d"):
        with pytest.raises(typer.BadParameter):
            since_in(text)


def test_a_bucket_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    environment = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
    }  # fmt: skip
    words = ["certificate", "--bucket", "b"]
    ended = CliRunner().invoke(app, words, env=environment)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: --bucket b: AWS cannot be reached: ")
    assert CliRunner().invoke(app, [*words, "--since", "7"]).exit_code == 2
    nowhere = str(tmp_path / "none" / "page.html")
    assert CliRunner().invoke(app, [*words, "--report", nowhere]).exit_code == 2
