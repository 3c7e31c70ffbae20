from collections.abc import Callable

import pytest

from llm_router.adapters.policy_files import packaged_policy, packaged_policy_text
from llm_router.domain.policy.policy import PolicyError, parse_policy
from llm_router.domain.tiers import TIERS

DEFAULT = packaged_policy_text("default")


@pytest.mark.parametrize("name", ["default", "local"])
def test_a_shipped_policy_is_valid_and_serves_every_tier(name: str) -> None:
    policy = packaged_policy(name)
    assert {model.tier for model in policy.models} == set(TIERS)


@pytest.mark.parametrize("target", ["auto", "complex", "claude-opus-5-5"])
def test_an_alias_stands_for_auto_a_tier_or_a_model(target: str) -> None:
    policy = parse_policy(_aliases(f'"gpt-4o" = "{target}"')(DEFAULT), "p")
    assert policy.aliases == {"gpt-4o": target}


def test_the_version_follows_the_text() -> None:
    changed = DEFAULT.replace("attempt_share = 0.6", "attempt_share = 0.5")
    versions = {parse_policy(text, "p").version for text in (DEFAULT, DEFAULT, changed)}
    assert len(versions) == 2


def _replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def _aliases(lines: str) -> Callable[[str], str]:
    return _replacing("[aliases] ", f"[aliases]\n{lines}\n#")


NEVER = """
[[rules]]
name = "never"
when = { prompt_tokens = { gte = 10, lte = 5 } }
then = { tier = "simple" }
"""
SHADOWED = """
[[rules]]
name = "shadowed"
when = { request_type = { equals = "greeting" }, messages = { gte = 3 } }
then = { tier = "complex" }
"""


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_replacing("attempt_share", "atempt_share"), "limits.atempt_share"),
        (_replacing("threshold = 0.5", "threshold = 1.5"), "tiers.simple.threshold"),
        (_replacing('provider = "openai"', 'provider = "opnai"'), "models.gpt-6-luna.provider"),
        (
            _replacing('[tiers.complex]\nthreshold = 0.3\nsecond_opinion = "off"', ""),
            "tiers.complex: missing",
        ),
        (_replacing("rank = 20", "rank = 10"), "tiers.moderate: its weakest model has rank 10"),
        (
            _replacing("output_usd_per_mtok = 0.50\n", ""),
            "models.claude-haiku-5-5.output_usd_per_mtok",
        ),
        (
            _replacing("input_usd_per_mtok = 0.20\n", "input_usd_per_mtok = 0.09\n"),
            "models.gpt-6-luna: long_prompt.input_usd_per_mtok is below",
        ),
        (
            _replacing("above_input_tokens", "above_tokens"),
            "models.claude-haiku-5-5.long_prompt.above_tokens",
        ),
        (
            _replacing("cached_input_usd_per_mtok = 0.01\n", "cached_input_usd_per_mtok = 0.11\n"),
            "models.claude-haiku-5-5: cached_input_usd_per_mtok is above",
        ),
        (_replacing("request_type = {", "request_typ = {"), "request_typ: unknown field"),
        (_replacing("in = [", "inn = ["), "request_type.inn: unknown operator"),
        (_replacing("rank = 10", "rnak = 10"), "models.claude-haiku-5-5.rnak"),
        (
            _replacing("rank = 20", 'rank = 20\nfallback = ["gpt-4o"]'),
            "models.claude-sonnet-5-5.fallback: 'gpt-4o' has rank 8",
        ),
        (_replacing("rank = 20", 'rank = 20\nfallback = ["none"]'), "fallback: no other model"),
        (
            _replacing('baseline_model = "claude', 'baseline_model = "claud'),
            "baseline_model: no model",
        ),
        (_replacing("schema_version = 1", "schema_version = 2"), "schema_version"),
        (
            _replacing('on_content_policy = "stop"', 'on_content_policy = "ask"'),
            "fallback.on_content_policy",
        ),
        (lambda text: text + NEVER, "rules.never.when: can never match"),
        (lambda text: text + SHADOWED, "rules.shadowed.when: can never match: rule 'light-work'"),
        (_replacing('then = { tier = "simple" }', 'then = { model = "x" }'), "then.model"),
        (_replacing('then = { tier = "simple" }', "then = {}"), "either tier or model"),
        (_replacing("regex = '", "regex = '("), "question.regex"),
        (_replacing('name = "deep-work"', 'name = "light-work"'), "rules.light-work"),
        (_replacing('id = "gpt-4o-mini"', 'id = "gpt-4o"'), "the same id"),
        (lambda text: 'version = "1"\n' + text, "version"),
        (lambda text: text + "\n[", "not TOML"),
        (_aliases('"gpt-4o" = "gpt-9"'), "aliases.gpt-4o: 'gpt-9' is neither"),
        (_aliases('"auto" = "simple"'), "aliases.auto: "),
        (_aliases('"a" = "b"\n"b" = "auto"'), "aliases.a: 'b' is neither"),
        (_replacing('"thinking_off"', '"logprobs"'), "'logprobs' is only in"),
        (_replacing('"json_object", ', '"thinking", '), "'thinking' is only in the format"),
    ],
)
def test_a_mistake_is_refused_with_file_and_key(change: Callable[[str], str], key: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(change(DEFAULT), "my-policy.toml")
    assert str(refused.value).startswith("my-policy.toml: ")
    assert key in str(refused.value)
