import pytest

from llm_router.settings import RouteSettings, SettingsError

GOOD = {
    "STACK_NAME": "dev", "STATE_MACHINE_ARN": "arn", "ENABLED_PROVIDERS": "anthropic, openai,",
    "REQUEST_DEADLINE_MS": "25000", "CLIENT_READ_TIMEOUT_SECONDS": "27", "PAYLOAD_BUCKET": "b",
    "CACHE_TLS": "false", "POLICY_OVERRIDE": "s3://bucket/policy.toml",
}  # fmt: skip


def test_the_environment_becomes_typed_settings() -> None:
    settings = RouteSettings.load(GOOD)
    assert settings.enabled_providers == ("anthropic", "openai")
    assert settings.request_deadline_ms == 25_000
    assert settings.cache_tls is False
    assert settings.stack_name == "dev"


@pytest.mark.parametrize(
    ("name", "value"),
    [("REQUEST_DEADLINE_MS", "soon"), ("POLICY_OVERRIDE", "policy.toml"), ("CACHE_TLS", "maybe")],
)
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        RouteSettings.load({**GOOD, name: value})


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(SettingsError, match="STATE_MACHINE_ARN"):
        RouteSettings.load({k: v for k, v in GOOD.items() if k != "STATE_MACHINE_ARN"})
