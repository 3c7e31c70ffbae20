"""Runs of `collect` against a provider on loopback: policy, questions, replies and the bill."""

import gc
import json
import random
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from evaluation.collect.budget import RetryPolicy
from evaluation.collect.collect import Collected, CollectOptions, collect
from evaluation.collect.environment_keys import environment_keys
from evaluation.errors import CollectError, RecordingError
from llm_router.adapters.providers.provider import SdkProvider
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer
from tests.support.policies import read, replaced
from tests.support.provider_bills import Bill, prices_of, random_tokens

T = TypeVar("T")
Json = dict[str, Any]
SMALL, LARGE = "small-a", "large-o"
"""One model of either wire format; the small one is the cheapest of all."""
HOSTS = {"anthropic": "host-a", "openai": "host-o"}
"""By wire format, the providers whose base URL is the test's server."""

PATIENT = RetryPolicy(tries=4, first_wait_seconds=0.001, longest_wait_seconds=0.05)


def policy_text(server: ProviderServer) -> str:
    """The tests' policy with short answers and all its models at this server."""
    text = replaced("default_max_output_tokens = 4000", "default_max_output_tokens = 250")
    for wire, host in HOSTS.items():
        url = f'base_url = "{server.base_url(wire)}"'
        text = replaced(f"[providers.{wire}]\n", f"[providers.{host}]\n{url}\n", text)
        text = replaced(f'provider = "{wire}"', f'provider = "{host}"', text)
    return text


def policy_at(server: ProviderServer) -> Policy:
    """The same, parsed."""
    return read(policy_text(server))


def questions(path: Path, count: int, **more: Any) -> Path:
    """A data set of sums, whose answers are graded as numbers."""
    rows = (
        {"id": f"q{n}", "prompt": f"{n} + 1 = ?", "reference": n + 1, "grader": "numeric", **more}
        for n in range(count)
    )
    return dataset(path, rows)


def dataset(path: Path, rows: Iterable[Json]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def question_in(call: Call) -> str:
    return str(call.body["messages"][-1]["content"])


def texts_in(call: Call) -> list[str]:
    system = [call.body["system"]] if "system" in call.body else []
    return [*system, *(message["content"] for message in call.body["messages"])]


def right_answer(call: Call) -> str:
    """The right answer to a question of `questions`."""
    return str(int(question_in(call).split()[0]) + 1)


SIMPLE = json.dumps({"complexity": "simple", "reasoning": "a sum", "estimated_tokens": 7})
"""A model's reply when it is asked to classify."""


def asks_to_classify(call: Call) -> bool:
    """True if the call asks to classify a question, not to answer one."""
    return "request_to_judge" in question_in(call)


@dataclass
class ChargingResponder:
    """Answers correctly, fails at random, and charges as much as a provider may."""

    policy: Policy
    seed: int
    failing: bool = True
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.bill = Bill(prices_of(self.policy))
        self._chance = random.Random(self.seed)
        self._one = threading.Lock()

    def __call__(self, call: Call) -> Reply:
        return self._reply(call, right_answer(call))

    def classifying(self, call: Call) -> Reply:
        """Reply as above, and classify questions too."""
        return self._reply(call, SIMPLE if asks_to_classify(call) else right_answer(call))

    def _reply(self, call: Call, text: str) -> Reply:
        with self._one:
            chance = self._chance
            self.asked[call.model, question_in(call)] += 1
            if self.failing and chance.random() < 0.2:
                return Reply(chance.choice([429, 500, 529]), headers={"retry-after-ms": "1"})
            tokens = random_tokens(chance, texts_in(call), call.most_output_tokens)
            self.bill.charge(call.model, tokens.input, tokens.cached, tokens.output)
            if self.failing and chance.random() < 0.1:
                return Reply(body=chance.choice(["garbage", {}]), cut=chance.random() < 0.3)
            given = answer(call, text, tokens.input, tokens.output, cached=tokens.cached)
            if self.failing and chance.random() < 0.1:
                del given.body["usage"]
            return given


@dataclass
class ProgressLog:
    """Keeps the progress that the user would see."""

    notices: list[str] = field(default_factory=list)
    answers: int = 0
    advanced: int = 0
    spent_usd: Decimal = Decimal()

    def begin(self, answers: int) -> None:
        self.answers = answers

    def advance(self, spent_usd: Decimal) -> None:
        self.advanced += 1
        self.spent_usd = max(self.spent_usd, spent_usd)

    def notice(self, text: str) -> None:
        self.notices.append(text)


def run_collect(
    server: ProviderServer,
    data: Path,
    out: Path,
    models: Iterable[str] = (SMALL, LARGE),
    *,
    max_cost_usd: object = 1,
    concurrency: int = 4,
    progress: ProgressLog | None = None,
    **options: Any,
) -> Collected:
    """Collect through the real adapters."""
    policy = policy_at(server)
    keys = environment_keys(policy, policy.providers, {})
    chosen = CollectOptions(**{"retry_policy": PATIENT, "timeout_seconds": 10, **options})
    return closing_clients(
        lambda: collect(
            data,
            out,
            list(models),
            policy,
            dict.fromkeys(WIRE_FORMATS, SdkProvider(keys)),
            max_cost_usd=Decimal(str(max_cost_usd)),
            concurrency=concurrency,
            progress=progress or ProgressLog(),
            options=chosen,
        )
    )


def closing_clients(work: Callable[[], T]) -> T:
    """Do the work and close the clients that it would leave open until its process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return work()
        except (CollectError, RecordingError) as error:
            # The original would keep all that it has seen.
            failure = type(error)(str(error))
        finally:
            gc.collect()
    raise failure
