"""The real SDKs against a server that speaks all formats and breaks on demand."""

import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from llmock.pytest_plugin import LLMock

from llm_router.adapters.providers import anthropic, openai
from llm_router.adapters.providers.endpoints import Vendor
from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from llm_router.domain.routing.llm_classifier import CLASSIFICATION_SCHEMA, parse_classification
from tests.support.fake_provider_server import Call, Json, ProviderServer, Reply, answer, serving
from tests.support.fakes import asking
from tests.support.provider_adapters import FakeSecretsManager, call, candidate, keys, provider

SCHEMA_FIELD = {
    "openai": "response_format", "openai-responses": "text", "anthropic": "output_config",
}  # fmt: skip


@pytest.fixture
def base_url(llmock: LLMock) -> Callable[[str], str]:
    return lambda wire: llmock.base_url(FORMATS[cast("WireFormat", wire)].endpoint)


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_an_answer_arrives_with_its_usage(
    wire: str, llmock: LLMock, base_url: Callable[[str], str]
) -> None:
    llmock.reply("Because.")
    given = call(wire, base_url(wire))
    assert given.answer.text == "Because."
    assert given.answer.finish_reason == "stop"
    assert given.usage is not None
    assert given.usage.input_tokens > 0
    assert given.usage.output_tokens > 0


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.NOT_ACCEPTED),
        (401, FailureKind.CREDENTIALS),
        (403, FailureKind.CREDENTIALS),
        (404, FailureKind.MODEL_GONE),
        (429, FailureKind.RATE_LIMITED),
        (500, FailureKind.TRANSIENT),
        (503, FailureKind.OVERLOADED),
        (529, FailureKind.OVERLOADED),
    ],
)
def test_every_error_is_told_apart_and_nothing_is_retried(
    wire: str, status: int, kind: FailureKind, llmock: LLMock, base_url: Callable[[str], str]
) -> None:
    llmock.fail(status, times=None)
    with pytest.raises(ProviderFailure) as failed:
        call(wire, base_url(wire))
    assert (failed.value.failure.kind, failed.value.failure.status) == (kind, status)
    assert len(llmock.requests) == 1


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_slow_provider_is_a_timeout(
    wire: str, llmock: LLMock, base_url: Callable[[str], str]
) -> None:
    llmock.delay(3, times=None)
    with pytest.raises(ProviderFailure) as failed:
        call(wire, base_url(wire), timeout=0.3)
    assert failed.value.failure.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_closed_port_is_a_failed_connection(wire: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ProviderFailure) as failed:
        call(wire, f"http://127.0.0.1:{port}")
    assert failed.value.failure.kind is FailureKind.TRANSIENT
    assert failed.value.failure.code == "not_connected"
    assert not failed.value.maybe_billed


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_schema_brings_a_valid_classification(
    wire: str, llmock: LLMock, base_url: Callable[[str], str]
) -> None:
    given = provider().answer(
        candidate(wire, base_url(wire)),
        asking("Judge this", max_output_tokens=100),
        5,
        CLASSIFICATION_SCHEMA,
    )
    sent = llmock.requests[-1].body
    schema = str(sent[SCHEMA_FIELD[wire]])
    assert "complexity" in schema
    assert ("maxLength" in schema) == (wire != "anthropic")
    if wire == "openai":
        assert parse_classification(given.answer.text) is not None


@pytest.mark.parametrize(
    ("provider", "base_url", "allowed"),
    [
        ("p", "https://vendor.example", True),
        ("p", "http://127.0.0.1:8399", True),
        ("p", "https://elsewhere.example", False),
        ("bound", "https://models.example/v1", True),
        ("bound", "https://vendor.example", False),
        ("bound", "http://127.0.0.1:8399", False),
        ("unknown", "https://vendor.example", False),
        ("another", "https://vendor.example", False),
    ],
)
def test_a_key_goes_only_where_its_secret_says(provider: str, base_url: str, allowed: bool) -> None:
    def ask() -> str:
        return keys().key_for(provider, base_url, Vendor("p", "https://vendor.example"))

    if allowed:
        assert ask()
    else:
        with pytest.raises(ProviderFailure) as failed:
            ask()
        assert failed.value.failure.kind is FailureKind.CREDENTIALS


@pytest.mark.parametrize(
    "text",
    ["", "no json", "[]", "null", '"x"', "[" * 100_000, '{"p": ""}', '{"p": 5}', '{"p": "a\\nb"}',
     '{"p": "cl\u00e9"}'],
)  # fmt: skip
def test_a_secret_that_is_not_filled_is_a_credentials_failure(text: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        keys(text).key_for("p", "https://vendor.example", Vendor("p", "https://vendor.example"))
    assert failed.value.failure.kind is FailureKind.CREDENTIALS


def test_keys_once_read_survive_a_failing_secrets_manager() -> None:
    class Failing(FakeSecretsManager):
        fails = False

        def get_secret_value(self, **given: object) -> dict[str, str]:
            if self.fails:
                raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetSecretValue")
            return super().get_secret_value(**given)

    now = [0.0]
    secrets: Any = Failing()
    known = ProviderKeys(secrets, "arn", clock=lambda: now[0])
    at_vendor = ("p", "https://v.example", Vendor("p", "https://v.example"))
    assert known.key_for(*at_vendor) == "a-key"
    secrets.fails = True
    now[0] += 301
    assert known.key_for(*at_vendor) == "a-key"
    secrets.fails, secrets.text = False, '{"p": "another"}'
    assert known.key_for(*at_vendor) == "a-key"
    now[0] += 11
    assert known.key_for(*at_vendor) == "another"


AT_VENDOR = ("p", "https://v.example", Vendor("p", "https://v.example"))
NO_KEYS = [
    "[]", '"x"', "null", "5", "no json", "", "[" * 100_000, None, "{}", '{"p": null}', '{"q": ""}',
]  # fmt: skip


@pytest.mark.parametrize("text", NO_KEYS, ids=lambda text: str(text)[:9])
def test_keys_once_read_survive_a_secret_that_holds_none(
    text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    secrets = FakeSecretsManager()
    known = ProviderKeys(cast("Any", secrets), "arn", clock=lambda: now[0])
    assert known.key_for(*AT_VENDOR) == "a-key"
    secrets.text = text
    now[0] += 301
    assert known.key_for(*AT_VENDOR) == "a-key"
    (logged,) = caplog.records
    assert logged.levelname == "WARNING"
    assert "a-key" not in str(vars(logged))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("null", id="null"),
        pytest.param('""', id="empty-text"),
        pytest.param('" "', id="blank-text"),
        pytest.param("[]", id="list"),
        pytest.param("5", id="number"),
        pytest.param("{}", id="object-without-a-key"),
        pytest.param('{"api_key": null, "base_url": "https://v.example"}', id="key-of-null"),
        pytest.param('"another\\nkey"', id="line-break-inside"),
    ],
)
def test_a_value_that_is_no_key_keeps_the_providers_known_one(
    value: str, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    secrets = FakeSecretsManager('{"p": "a-key", "q": "q-key"}')
    known = ProviderKeys(cast("Any", secrets), "arn", clock=lambda: now[0])
    at_q = ("q", "https://q.example", Vendor("q", "https://q.example"))
    assert (known.key_for(*AT_VENDOR), known.key_for(*at_q)) == ("a-key", "q-key")
    secrets.text = f'{{"p": {value}, "q": "new"}}'
    for _ in range(2):
        now[0] += 301
        assert (known.key_for(*AT_VENDOR), known.key_for(*at_q)) == ("a-key", "new")
    assert [vars(record)["providers"] for record in caplog.records] == [["p"], ["p"]]
    assert "key" not in str([vars(record)["providers"] for record in caplog.records])


def test_a_provider_that_is_left_out_while_others_are_there_loses_its_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    secrets = FakeSecretsManager('{"p": "a-key", "q": "q-key"}')
    known = ProviderKeys(cast("Any", secrets), "arn", clock=lambda: now[0])
    assert known.key_for(*AT_VENDOR) == "a-key"
    secrets.text = '{"q": "q-key"}'
    now[0] += 301
    with pytest.raises(ProviderFailure):
        known.key_for(*AT_VENDOR)
    assert not caplog.records


def test_a_key_with_a_line_break_after_it_is_the_key() -> None:
    assert keys('{"p": "a-key\\n"}').key_for(*AT_VENDOR) == "a-key"


@pytest.fixture
def secret() -> FakeSecretsManager:
    return FakeSecretsManager('{"p": "old"}')


@pytest.fixture
def vendor() -> Iterator[tuple[ProviderServer, list[str]]]:
    """A vendor that takes the key `new` alone, and the keys that were tried."""
    tried: list[str] = []

    def respond(call: Call) -> Reply:
        tried.append(call.key)
        refusal: Json = {"error": {"message": "no", "type": "authentication_error"}}
        return answer(call, "Because.") if call.key == "new" else Reply(401, refusal)

    with serving(respond) as server:
        yield server, tried


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_refused_key_is_read_again_and_the_new_one_is_tried_once(
    wire: str, secret: FakeSecretsManager, vendor: tuple[ProviderServer, list[str]]
) -> None:
    server, tried = vendor
    adapter = provider(ProviderKeys(cast("Any", secret), "arn", clock=lambda: 0.0))
    asked = (candidate(wire, server.base_url(wire)), asking("Why?", max_output_tokens=5), 5)
    secret.after_read = '{"p": "new"}'
    assert adapter.answer(*asked).answer.text == "Because."
    assert adapter.answer(*asked).answer.text == "Because."
    assert tried == ["old", "new", "new"]


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("then", ['{"p": "old"}', '{"p": "wrong"}', "[]"], ids=str)
def test_a_key_that_stays_refused_is_not_tried_again_and_again(
    wire: str, then: str, secret: FakeSecretsManager, vendor: tuple[ProviderServer, list[str]]
) -> None:
    server, tried = vendor
    adapter = provider(ProviderKeys(cast("Any", secret), "arn", clock=lambda: 0.0))
    secret.after_read = then
    for _ in range(3):
        with pytest.raises(ProviderFailure) as failed:
            adapter.answer(
                candidate(wire, server.base_url(wire)), asking("Why?", max_output_tokens=5), 5
            )
        assert failed.value.failure.kind is FailureKind.CREDENTIALS
    assert secret.reads == 2
    assert tried == (["old", "wrong", "wrong", "wrong"] if "wrong" in then else ["old"] * 3)


def test_compatible_servers_are_spoken_to_in_words_they_know() -> None:
    conversation = Conversation(
        messages=(Message(role="developer", content="Be brief"), Message(role="user", content="?")),
        max_output_tokens=9,
    )
    own = openai.request_of(candidate("openai", None), conversation, None)
    others = openai.request_of(candidate("openai", "http://127.0.0.1:1/v1"), conversation, None)
    assert (own["max_completion_tokens"], own["messages"][0]["role"]) == (9, "developer")
    assert (others["max_tokens"], others["messages"][0]["role"]) == (9, "system")


def test_what_anthropic_would_refuse_is_fitted_or_left_out_and_named() -> None:
    warm = asking("?", temperature=1.7, top_p=0.5, stop=("\n", "END"), seed=1)
    model = candidate("anthropic", None)
    assert model.ignored_parameters(warm) == ("seed", "top_p", "stop")
    request = anthropic.request_of(model, warm.model_copy(update={"stop": ()}), None)
    assert request["extra_body"]["temperature"] == 1.0
