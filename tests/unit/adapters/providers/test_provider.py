"""When a provider's SDK is loaded, seen by the use case that calls it."""

from llm_router.application.invoke.invocations import AnswerInvocation
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.plan.candidates import RETURN_MARGIN_MS, Candidate
from tests.support.fakes import InlinePayloads, ScriptedProvider, asking
from tests.support.policies import POLICY
from tests.support.provider_adapters import candidate

NOW = 1_800_000_000_000
IMPORT_MS = 4_000


def test_a_slow_import_of_the_sdk_is_not_part_of_the_call_but_of_the_deadline() -> None:
    now = [NOW]

    def load(loaded: Candidate) -> None:
        assert loaded.id == "m"
        now[0] += IMPORT_MS

    provider = ScriptedProvider(ProviderAnswer(Answer(text="So.", finish_reason="stop"), None))
    payloads = InlinePayloads()
    invoker = ModelInvoker({"openai": provider}, payloads, lambda: now[0], lambda _: None, load)
    invocation = AnswerInvocation(
        action="answer", reason="first", request_id="r", attempt_share=0.5,
        deadline_epoch_ms=NOW + IMPORT_MS + 6_000 + RETURN_MARGIN_MS, budget_nano_usd=10**9,
        content_policy="stop", candidate=candidate("openai", None), expected_output_tokens=10,
        payload=payloads.offload(asking("Why?").model_dump(mode="json")), ask_self_rating=False,
        weights=POLICY.confidence.weights,
    )  # fmt: skip
    attempt = invoker.run(invocation)["attempt"]
    assert (attempt["started_epoch_ms"], attempt["latency_ms"]) == (NOW + IMPORT_MS, 0)
    assert provider.asked[0][2] == 3.0
