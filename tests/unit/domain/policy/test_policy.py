import tomllib
from collections.abc import Callable

import pytest

from llm_router.adapters.policy_files import packaged_policy
from llm_router.domain.policy.policy import PolicyError, parse_policy
from llm_router.domain.policy.retired_keys import retired_keys
from tests.support.policies import POLICY, POLICY_TEXT, read, replaced, with_aliases


@pytest.mark.parametrize("target", ["auto", "complex", "large-a"])
def test_an_alias_stands_for_auto_a_tier_or_a_model(target: str) -> None:
    policy = read(with_aliases(f'"best" = "{target}"'))
    assert policy.aliases == {"best": target}


def test_the_version_follows_the_text() -> None:
    changed = replaced("attempt_share = 0.6", "attempt_share = 0.5")
    versions = {parse_policy(text, "p").version for text in (POLICY_TEXT, POLICY_TEXT, changed)}
    assert len(versions) == 2


def _replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: replaced(old, new, text, count=1)


def _aliases(lines: str) -> Callable[[str], str]:
    return lambda text: with_aliases(lines, text)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_replacing("attempt_share", "atempt_share"), "limits.atempt_share"),
        (_replacing("threshold = 0.5", "threshold = 1.5"), "tiers.simple.threshold"),
        (_replacing('provider = "openai"', 'provider = "opnai"'), "models.small-o.provider"),
        (
            _replacing('[tiers.complex]\nthreshold = 0.3\nsecond_opinion = "off"', ""),
            "tiers.complex: missing",
        ),
        (_replacing("rank = 20", "rank = 10"), "tiers.moderate: its weakest model has rank 10"),
        (
            _replacing("output_usd_per_mtok = 1.00\n", ""),
            "models.small-a.output_usd_per_mtok",
        ),
        (
            _replacing("input_usd_per_mtok = 0.80\n", "input_usd_per_mtok = 0.39\n"),
            "models.small-o: long_prompt.input_usd_per_mtok is below",
        ),
        (
            _replacing("above_input_tokens", "above_tokens"),
            "models.small-a.long_prompt.above_tokens",
        ),
        (
            _replacing("cached_input_usd_per_mtok = 0.02\n", "cached_input_usd_per_mtok = 0.21\n"),
            "models.small-a: cached_input_usd_per_mtok is above",
        ),
        (_replacing("request_type = {", "request_typ = {"), "request_typ: unknown field"),
        (_replacing("in = [", "inn = ["), "request_type.inn: unknown operator"),
        (_replacing("rank = 10", "rnak = 10"), "models.small-a.rnak"),
        (
            _replacing("rank = 20", 'rank = 20\nfallback = ["old-o"]'),
            "models.middle-a.fallback: 'old-o' has rank 8",
        ),
        (_replacing("rank = 20", 'rank = 20\nfallback = ["none"]'), "fallback: no other model"),
        (
            _replacing('baseline_model = "large', 'baseline_model = "larg'),
            "baseline_model: no model",
        ),
        (_replacing("schema_version = 1", "schema_version = 2"), "schema_version"),
        (
            _replacing('on_content_policy = "stop"', 'on_content_policy = "ask"'),
            "fallback.on_content_policy",
        ),
        (_replacing('then = { tier = "simple" }', 'then = { model = "x" }'), "then.model"),
        (_replacing('then = { tier = "simple" }', "then = {}"), "either tier or model"),
        (_replacing("regex = '", "regex = '("), "question.regex"),
        (_replacing('name = "deep-work"', 'name = "light-work"'), "rules.light-work"),
        (_replacing('id = "old-mini-o"', 'id = "old-o"'), "the same id"),
        (lambda text: 'version = "1"\n' + text, "version"),
        (lambda text: text + "\n[", "not TOML"),
        (_aliases('"best" = "none"'), "aliases.best: 'none' is neither"),
        (_aliases('"auto" = "simple"'), "aliases.auto: "),
        (_aliases('"a" = "b"\n"b" = "auto"'), "aliases.a: 'b' is neither"),
        (_replacing("llm = true", "llm = 1"), "classifier.llm: "),
        (_replacing('"thinking_off"', '"logprobs"'), "'logprobs' is only in"),
        (_replacing('"json_object", ', '"thinking", '), "'thinking' is only in the format"),
        (
            _replacing('format = "openai-responses"', 'format = "anthropic"'),
            "models.middle-o.format: the provider 'openai' speaks 'openai' or 'openai-responses'",
        ),
        (
            _replacing('format = "openai-responses"', 'format = "responses"'),
            "models.middle-o.format",
        ),
    ],
)
def test_a_mistake_is_refused_with_file_and_key(change: Callable[[str], str], key: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(change(POLICY_TEXT), "my-policy.toml")
    assert str(refused.value).startswith("my-policy.toml: ")
    assert key in str(refused.value)


def earlier(most_of_saving: str = "0.10") -> str:
    """The tests' policy as an earlier version wrote it."""
    steered = replaced("[steering]", "[steering]\nenabled = true\nmost_below = 1\nmost_above = 1")
    return replaced("max_cost_usd = 0.0014", f"most_of_saving = {most_of_saving}", steered)


def test_a_policy_of_an_earlier_version_is_still_taken() -> None:
    policy = parse_policy(earlier(), "earlier.toml")
    assert policy.classifier.max_cost_usd == packaged_policy().classifier.max_cost_usd
    assert policy.steering == POLICY.steering
    assert parse_policy(earlier("0"), "earlier.toml").classifier.max_cost_usd == 0


def test_the_new_key_counts_beside_the_one_that_it_replaces() -> None:
    both = replaced("max_cost_usd = 0.0014", "max_cost_usd = 0.0014\nmost_of_saving = 0")
    assert parse_policy(both, "both.toml").classifier == POLICY.classifier


def test_every_retired_key_is_named_with_what_to_do() -> None:
    named = list(retired_keys(tomllib.loads(earlier())))
    assert [line.partition(": ")[0] for line in named] == [
        "steering.enabled", "steering.most_below", "steering.most_above",
        "classifier.most_of_saving",
    ]  # fmt: skip
    assert "classifier.max_cost_usd" in named[-1]
    assert list(retired_keys(tomllib.loads(POLICY_TEXT))) == []


def test_rules_that_can_never_match_are_no_reason_to_refuse_a_policy() -> None:
    never = '[[rules]]\nname = "never"\nwhen.hour.gte = 24\nthen.tier = "simple"\n'
    assert parse_policy(POLICY_TEXT + never, "p").rules[-1].name == "never"
