import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from llm_router.adapters.aws.s3_shadow import S3ShadowJobs, S3ShadowQueue
from llm_router.adapters.null import InlinePayloads
from llm_router.application import shadow_check
from llm_router.application.ports import ProviderAnswer
from llm_router.application.shadow_check import CALL_MS, CHECK_RESULTS, ShadowChecker
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import ShadowSettings
from llm_router.domain.policy.prices import cost_nano_usd
from llm_router.domain.routing.decision import Decision
from llm_router.domain.shadow_check import ShadowJob, ShadowResult, ShadowSpend, is_sampled, job_for
from llm_router.domain.tiers import Tier
from tests.support.fake_s3 import FakeS3
from tests.support.fakes import ScriptedProvider, asking
from tests.support.plans import plan_of

NOW = 1_800_000_000_000
DAY = "20270115"
ID = f"{DAY}-0001"
EVERY = ShadowSettings(share=1, max_usd_per_day=Decimal(5))
QUESTION = asking("What is 6 times 7? SECRETQUESTION", max_output_tokens=200)
CHEAP = Answer(text="SECRETANSWER: the answer is 42", finish_reason="stop")


def planned(request_id: str = ID) -> Plan:
    return plan_of(
        QUESTION,
        Decision(tier=Tier.SIMPLE, strategy="rule"),
        request_id=request_id,
        budget_nano_usd=10**9,
    )


def ended(model: str, *reasons: str, **changes: object) -> CascadeOutcome:
    attempts = [
        {
            "model": model, "provider": "p", "rank": 10, "reason": reason, "outcome": "answered",
            "latency_ms": 5, "cost_nano_usd": 1_000,
        }
        for reason in reasons or ("first",)
    ]  # fmt: skip
    return CascadeOutcome.model_validate(
        {
            "status": "answered",
            "start": {"tier": "simple"},
            "attempts": attempts,
            "answered_by": model,
            **changes,
        }
    )


FIRST = planned().tiers[Tier.SIMPLE].candidates[0].id


def job(request_id: str = ID, max_usd: str = "5") -> ShadowJob:
    settings = ShadowSettings(share=1, max_usd_per_day=Decimal(max_usd))
    made = job_for(planned(request_id), QUESTION, ended(FIRST), CHEAP, settings)
    assert made is not None
    return made


@dataclass
class DictJobs:
    """Jobs, results and spends in memory; every booked spend is noted."""

    jobs: dict[str, ShadowJob]
    results: list[ShadowResult] = field(default_factory=list)
    spends: dict[str, ShadowSpend] = field(default_factory=dict)
    booked: list[int] = field(default_factory=list)

    def waiting(self) -> Iterator[str]:
        yield from list(self.jobs)

    def take(self, request_id: str) -> ShadowJob | None:
        return self.jobs.pop(request_id, None)

    def keep(self, result: ShadowResult) -> None:
        self.results.append(result)

    def spend(self, day: str) -> ShadowSpend:
        return self.spends.get(day, ShadowSpend(day=day))

    def book(self, spend: ShadowSpend) -> None:
        self.spends[spend.day] = spend
        self.booked.append(spend.nano_usd)


def says(text: str, usage: Usage | None = None) -> ScriptedProvider:
    return ScriptedProvider(ProviderAnswer(Answer(text=text, finish_reason="stop"), usage))


def checking(jobs: DictJobs | S3ShadowJobs, provider: ScriptedProvider) -> ShadowChecker:
    return ShadowChecker(
        jobs, {"anthropic": provider, "openai": provider}, InlinePayloads(), lambda: NOW
    )


def run(jobs: DictJobs, provider: ScriptedProvider) -> dict[str, int]:
    done = checking(jobs, provider).run(NOW + 10 * CALL_MS)
    assert set(done) == set(CHECK_RESULTS)
    return done


# ---- which requests are checked ------------------------------------------------------------------


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_the_draw_is_always_the_same_and_smaller_shares_are_within_larger_ones(
    request_id: str, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert is_sampled(request_id, low) == is_sampled(request_id, low)
    assert is_sampled(request_id, high) >= is_sampled(request_id, low)
    assert is_sampled(request_id, 1)
    assert not is_sampled(request_id, 0)


def test_about_the_share_is_drawn() -> None:
    assert 850 < sum(is_sampled(f"{DAY}-{n}", 0.1) for n in range(10_000)) < 1_150


def test_an_accepted_first_answer_is_checked_by_the_strongest_candidate() -> None:
    made = job()
    ranks = [c.rank for c in planned().tiers[Tier.SIMPLE].candidates]
    assert made.candidate.rank == max(ranks) > min(ranks)
    assert made.most_nano_usd_per_day == 5 * 10**9
    assert made.answered_by == FIRST


@pytest.mark.parametrize(
    "outcome",
    [
        ended("another"),
        ended(FIRST, "first", "escalation"),
        ended(FIRST, degraded=True),
        ended(FIRST, status="failed"),
    ],
)
def test_nothing_else_is(outcome: CascadeOutcome) -> None:
    assert job_for(planned(), QUESTION, outcome, CHEAP, EVERY) is None


def test_without_a_stronger_model_there_is_nothing_to_compare_with() -> None:
    plan = planned()
    tier = plan.tiers[Tier.SIMPLE]
    alone = tier.model_copy(update={"candidates": tier.candidates[:1]})
    plan = plan.model_copy(update={"tiers": {Tier.SIMPLE: alone}})
    assert job_for(plan, QUESTION, ended(FIRST), CHEAP, EVERY) is None


def test_a_share_of_nothing_checks_nothing() -> None:
    settings = ShadowSettings(share=0, max_usd_per_day=Decimal(5))
    assert job_for(planned(), QUESTION, ended(FIRST), CHEAP, settings) is None


# ---- what a check does ---------------------------------------------------------------------------


def test_the_strong_answer_is_compared_and_its_cost_booked() -> None:
    usage = Usage(input_tokens=10, output_tokens=5)
    jobs, provider = DictJobs({ID: job()}), says("It is 42.", usage)
    assert run(jobs, provider)["compared"] == 1
    [result] = jobs.results
    assert result.agreement == 1
    assert result.comparable
    assert result.signals is not None
    assert result.confidence is not None
    assert result.cost_nano_usd == cost_nano_usd(usage, job().candidate.prices)
    assert jobs.spends[DAY] == ShadowSpend(day=DAY, nano_usd=result.cost_nano_usd, asked=1)
    [(candidate, conversation, timeout, _)] = provider.asked
    assert (candidate, timeout) == (job().candidate, CALL_MS / 1000)
    assert conversation.messages == QUESTION.messages


def test_an_answer_that_comes_to_another_result_disagrees() -> None:
    jobs = DictJobs({ID: job()})
    run(jobs, says("The answer is 41."))
    assert jobs.results[0].agreement == 0


def test_an_answer_that_is_not_comparable_in_time_is_no_disagreement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shadow_check, "agreement_in_time", lambda *_: None)
    jobs = DictJobs({ID: job()})
    assert run(jobs, says("The answer is 41."))["not_comparable"] == 1
    [result] = jobs.results
    assert (result.outcome, result.agreement) == ("not_comparable", None)
    assert result.cost_nano_usd > 0


def test_an_answer_without_usage_is_booked_at_its_worst_case() -> None:
    jobs = DictJobs({ID: job()})
    run(jobs, says("42"))
    assert jobs.results[0].cost_estimated
    assert jobs.spends[DAY].nano_usd == job().candidate.worst_case_nano_usd


@pytest.mark.parametrize(
    ("kind", "share_booked"), [(FailureKind.OVERLOADED, 0), (FailureKind.TIMEOUT, 1)]
)
def test_a_failing_provider_is_a_result_and_the_job_is_gone(
    kind: FailureKind, share_booked: int
) -> None:
    jobs = DictJobs({ID: job()})
    failing = ScriptedProvider(ProviderFailure(Failure(kind=kind), "SECRETDETAIL"))
    assert run(jobs, failing)["failed"] == 1
    assert not jobs.jobs
    [result] = jobs.results
    assert result.failure == kind
    assert result.agreement is None
    assert jobs.spends[DAY].nano_usd == share_booked * job().candidate.worst_case_nano_usd
    assert "SECRET" not in result.model_dump_json()


@given(cap=st.integers(0, 30), outputs=st.lists(st.none() | st.integers(0, 200), max_size=30))
def test_the_cap_holds_even_if_every_call_cost_its_worst(
    cap: int, outputs: list[int | None]
) -> None:
    worst = job().candidate.worst_case_nano_usd
    most = cap * worst // 3
    capped = job().model_copy(update={"most_nano_usd_per_day": most})
    jobs = DictJobs({})
    refused = 0
    for n, output in enumerate(outputs):
        jobs.jobs[str(n)] = capped
        usage = None if output is None else Usage(input_tokens=10, output_tokens=output)
        provider = says("42", usage)
        refused += run(jobs, provider)["over_cap"]
    assert not jobs.jobs
    assert max(jobs.booked, default=0) <= most
    assert jobs.spend(DAY).asked + refused == len(outputs)
    assert jobs.spend(DAY).over_cap == refused


def test_over_the_cap_nobody_is_asked_and_it_is_counted() -> None:
    jobs, provider = DictJobs({ID: job(max_usd="0.000001")}), says("42")
    assert run(jobs, provider)["over_cap"] == 1
    assert not provider.asked
    assert not jobs.jobs
    assert jobs.results[0].outcome == "over_cap"
    assert jobs.spends[DAY].over_cap == 1


def test_what_finds_no_time_is_left_for_the_next_run() -> None:
    jobs = DictJobs({ID: job()})
    assert checking(jobs, says("42")).run(NOW + CALL_MS - 1)["left"] == 1
    assert list(jobs.jobs) == [ID]


class Broken(ScriptedProvider):
    """An adapter with a bug."""

    def answer(self, *_: object, **__: object) -> ProviderAnswer:
        raise RuntimeError("a bug")


def test_a_bug_leaves_no_job_behind_and_its_worst_case_booked() -> None:
    jobs = DictJobs({ID: job()})
    with pytest.raises(RuntimeError):
        run(jobs, Broken(ProviderFailure(Failure(kind=FailureKind.UNKNOWN))))
    assert not jobs.jobs
    assert jobs.spends[DAY].nano_usd == job().candidate.worst_case_nano_usd


# ---- the objects ---------------------------------------------------------------------------------


def test_results_and_spends_hold_no_text_and_jobs_are_deleted() -> None:
    s3 = FakeS3()
    ids = [f"{DAY}-000{n}" for n in range(5)]
    for request_id in ids:
        S3ShadowQueue(s3.client(), "b").add(job(request_id))
    assert sorted(s3.objects) == [f"shadow/{request_id}.json" for request_id in ids]
    store = S3ShadowJobs(s3.client(), "b")
    assert checking(store, says("SECRETSTRONG: 42")).run(NOW + 10 * CALL_MS)["compared"] == 5
    assert sorted(s3.objects) == [
        *(f"shadow-results/{DAY}/{request_id}.json" for request_id in ids),
        f"shadow-results/spend/{DAY}.json",
    ]
    assert not any(b"SECRET" in body for body in s3.objects.values())
    spend = json.loads(s3.objects[f"shadow-results/spend/{DAY}.json"])
    assert spend["asked"] == 5


def test_an_unreadable_job_is_deleted_and_counted() -> None:
    s3 = FakeS3({"shadow/x.json": b'{"conversation": "SECRET"}'})
    done = checking(S3ShadowJobs(s3.client(), "b"), says("42")).run(NOW + CALL_MS)
    assert done["unreadable"] == 1
    assert not s3.objects


def test_what_cannot_be_deleted_is_never_paid_for() -> None:
    s3 = FakeS3({f"shadow/{ID}.json": job().model_dump_json().encode()})
    s3.denied = {"DeleteObject"}
    provider = says("42")
    with pytest.raises(ClientError):
        checking(S3ShadowJobs(s3.client(), "b"), provider).run(NOW + CALL_MS)
    assert not provider.asked


@pytest.mark.parametrize("missing", ["AccessDenied", "NoSuchKey"])
def test_a_job_that_another_run_took_is_gone(
    missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The list was read before: a schedule may deliver one event twice."""
    s3 = FakeS3()
    s3.missing = missing
    assert S3ShadowJobs(s3.client(), "b").take(ID) is None
    assert not caplog.records


def test_a_role_that_may_read_no_job_is_logged_and_ends_no_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    s3 = FakeS3({f"shadow/{ID}.json": job().model_dump_json().encode()}, denied={"GetObject"})
    done = checking(S3ShadowJobs(s3.client(), "b"), says("42")).run(NOW + CALL_MS)
    assert done["unreadable"] == 1
    assert "shadow job not readable" in caplog.text
    assert len(s3.objects) == 1


@pytest.mark.parametrize("missing", ["AccessDenied", "NoSuchKey"])
def test_of_two_runs_that_read_a_job_at_once_one_takes_it(missing: str) -> None:
    class BothRead(FakeS3):
        """Between the reading and the deletion by one run, another takes the job."""

        def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
            found = super().get_object(Bucket=Bucket, Key=Key)
            if self.read == [Key]:
                taken.append(S3ShadowJobs(self.client(), "b").take(ID))
            return found

    taken: list[ShadowJob | None] = []
    s3 = BothRead({f"shadow/{ID}.json": job().model_dump_json().encode()})
    s3.missing = missing
    taken.append(S3ShadowJobs(s3.client(), "b").take(ID))
    assert taken == [job(), None]


class BooksBetween(FakeS3):
    """Another run books each time that this one is about to write the spend for the nth time."""

    def __init__(self, objects: dict[str, bytes], nth: int) -> None:
        super().__init__(objects)
        self.nth = nth

    def put_object(self, *, Key: str, **written: Any) -> dict[str, Any]:
        if Key.startswith("shadow-results/spend/"):
            self.nth -= 1
            if self.nth == 0:
                other = S3ShadowJobs(self.client(), "b")
                other.book(other.spend(DAY).reserved(job()))
        return super().put_object(Key=Key, **written)


@pytest.mark.parametrize(
    ("nth", "counts", "asked", "worst_cases"),
    [
        (1, {"conflict": 1, "left": 2}, 0, 1),
        (2, {"compared": 1, "left": 2}, 1, 2),
    ],
    ids=["before the call", "after the call"],
)
def test_a_run_ends_where_another_one_books(
    nth: int, counts: dict[str, int], asked: int, worst_cases: int
) -> None:
    """The worst cases that both booked stay in the day's spend: too high, never too low."""
    ids = [f"{DAY}-000{n}" for n in range(3)]
    s3 = BooksBetween({f"shadow/{n}.json": job(n).model_dump_json().encode() for n in ids}, nth)
    provider = says("42")
    done = checking(S3ShadowJobs(s3.client(), "b"), provider).run(NOW + 10 * CALL_MS)
    assert {result: number for result, number in done.items() if number} == counts
    assert len(provider.asked) == asked
    assert sorted(key for key in s3.objects if key.startswith("shadow/")) == [
        f"shadow/{request_id}.json" for request_id in ids[1:]
    ]
    spend = json.loads(s3.objects[f"shadow-results/spend/{DAY}.json"])
    assert spend["nano_usd"] == worst_cases * job().candidate.worst_case_nano_usd


def test_two_runs_at_once_check_each_job_once() -> None:
    ids = [f"{DAY}-{n:04}" for n in range(40)]
    s3 = FakeS3({f"shadow/{n}.json": job(n).model_dump_json().encode() for n in ids})
    providers = [says("42"), says("42")]
    together = threading.Barrier(2)

    def run_one(provider: ScriptedProvider) -> dict[str, int]:
        together.wait(5)
        return checking(S3ShadowJobs(s3.client(), "b"), provider).run(NOW + 10 * CALL_MS)

    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(run_one, providers))
    results = [key for key in s3.objects if key.startswith(f"shadow-results/{DAY}/")]
    asked = sum(len(provider.asked) for provider in providers)
    assert asked == len(results) == sum(counts["compared"] for counts in done)
    left = [key for key in s3.objects if key.startswith("shadow/")]
    assert len(left) + asked + sum(counts["conflict"] for counts in done) == len(ids)


def test_a_queue_that_cannot_write_does_not_fail_the_request() -> None:
    class Refusing(FakeS3):
        def put_object(self, **_: object) -> dict[str, object]:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    S3ShadowQueue(Refusing().client(), "b").add(job())
