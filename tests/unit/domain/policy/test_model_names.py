"""The model that a request means by a name that the policy does not list as it is."""

import pytest

from llm_router.domain.policy.model_names import meant_name
from llm_router.domain.policy.policy import PolicyError
from llm_router.domain.routing.decision import resolve_alias
from llm_router.domain.tiers import Tier
from llm_router.wire.openai.models import model_reply
from tests.support.policies import read, replaced, with_aliases

PROVIDERS = {
    "gpt-4o-mini": "openai",
    "claude-haiku-4-5-20251001": "anthropic",
    "twice-2024-01-01": "openai",
    "twice-2025-01-01": "openai",
    "org/llama": "groq",
}
KNOWN = [*PROVIDERS, "an-alias"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-4o-mini-latest", "gpt-4o-mini"),
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("openai/gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("anthropic/claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("org/llama", "org/llama"),
        ("groq/org/llama", "org/llama"),
        ("claude-haiku-4-5-latest", "claude-haiku-4-5-20251001"),
        ("anthropic/claude-haiku-4-5-latest", "claude-haiku-4-5-20251001"),
        ("OpenAI/gpt-4o-mini", "gpt-4o-mini"),
        ("Groq/org/llama", "org/llama"),
        ("openai/an-alias", "an-alias"),
        ("an-alias-2026-01-01", "an-alias"),
    ],
)
def test_dated_undated_and_prefixed_names_mean_the_policys_model(asked: str, meant: str) -> None:
    assert meant_name(asked, KNOWN, PROVIDERS) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "twice", "twice-latest", "twice-2026-01-01", "openai/twice", "anthropic/gpt-4o-mini",
        "azure/gpt-4o-mini", "openai/", "/gpt-4o-mini", "gpt-4o", "gpt-4o-mini-", "llama",
        "openai/twice-latest", "openai/claude-haiku-4-5-latest", "-latest",
        "claude-haiku-4-5-20240101", "GPT-4o-mini", "gpt-4o-mini-2024-07", "-2024-07-18", "",
    ],
)  # fmt: skip
def test_a_name_that_may_mean_two_models_or_none_means_none(asked: str) -> None:
    assert meant_name(asked, KNOWN, PROVIDERS) is None


def test_aliases_come_before_models_and_an_exact_name_before_a_similar_one() -> None:
    policy = read(with_aliases('"old-o" = "complex"\n"old-o-2024-05-13" = "old-mini-o"'))
    assert resolve_alias("openai/old-o", None, policy, {}) == (None, Tier.COMPLEX)
    assert resolve_alias("old-o-2024-05-13", None, policy, {}) == ("old-mini-o", None)
    assert resolve_alias("openai/old-o", None, policy, {"old-o": "auto"}) == (None, None)
    assert resolve_alias("old-a-20250101", None, policy, {}) == ("old-a", None)


@pytest.mark.parametrize("before", ["", "openai/", "anthropic/", "OpenAI/"])
def test_auto_and_tiers_may_have_a_provider_before_them(before: str) -> None:
    policy = read(with_aliases('"best" = "complex"'))
    assert resolve_alias(f"{before}auto", None, policy, {}) == (None, None)
    assert resolve_alias(f"{before}auto", Tier.SIMPLE, policy, {}) == (None, Tier.SIMPLE)
    for tier in Tier:
        assert resolve_alias(f"{before}{tier}", None, policy, {}) == (None, tier)
    own = {"simple": "old-a"}
    assert resolve_alias(f"{before}simple", None, policy, own) == ("old-a", None)


def test_auto_with_an_unknown_provider_is_no_name() -> None:
    policy = read(with_aliases('"best" = "complex"'))
    assert resolve_alias("azure/auto", None, policy, {}) == ("azure/auto", None)


def test_latest_means_the_undated_model_before_a_dated_one() -> None:
    assert meant_name("m-latest", ["m", "m-20250101"], {}) == "m"


def test_a_model_is_shown_under_every_name_that_means_it() -> None:
    policy = read(with_aliases('"best" = "complex"'))
    for asked in ("old-a", "old-a-20250101", "anthropic/old-a"):
        assert model_reply(policy, ("anthropic",), asked)["id"] == "old-a"


@pytest.mark.parametrize(
    ("model_id", "reason"),
    [
        pytest.param("gpt-6\\nluna", "printable ASCII", id="line-break"),
        pytest.param("gpt\\u0000", "printable ASCII", id="control-character"),
        pytest.param("gpt\\u2028x", "printable ASCII", id="line-separator"),
        pytest.param(" gpt", "printable ASCII", id="space-in-front"),
        pytest.param("m" * 101, "1 to 100 characters", id="too-long"),
        pytest.param("", "1 to 100 characters", id="empty"),
        pytest.param("gpt-*", "there are no wildcards", id="asterisk"),
        pytest.param("gpt-?", "there are no wildcards", id="question-mark"),
    ],
)
def test_an_id_that_no_header_could_hold_is_refused_with_its_place(
    model_id: str, reason: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        read(replaced('id = "small-a"', f'id = "{model_id}"', count=1))
    assert reason in str(refused.value)
    assert "models.0.id: " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("model_id", ["auto", "simple", "moderate", "complex"])
def test_an_id_that_means_something_else_is_refused(model_id: str) -> None:
    with pytest.raises(PolicyError, match=f"models.{model_id}.id: "):
        read(replaced('"old-mini-o"', f'"{model_id}"'))


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        pytest.param("claude-*", "aliases.'claude-*': there are no wildcards", id="asterisk"),
        pytest.param("gpt-?", "aliases.'gpt-?': there are no wildcards", id="question-mark"),
        pytest.param("", "aliases.'': a name has 1 to 100", id="empty"),
        pytest.param("a" * 101, "': a name has 1 to 100 characters", id="too-long"),
        pytest.param("a\\nb", "aliases.'a\\nb': a name is printable", id="line-break"),
    ],
)
def test_an_alias_that_no_request_could_use_is_refused(alias: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(with_aliases(f'"{alias}" = "auto"'))
    assert says in str(refused.value)
