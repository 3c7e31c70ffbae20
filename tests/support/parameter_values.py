"""Values of the template's parameters, and combinations in which each pair of values occurs."""

from collections.abc import Iterator, Mapping

from allpairspy import AllPairs

from .cloudformation import source_template

EXISTING_CACHE: Mapping[str, tuple[str, ...]] = {
    "ExistingVpcId": ("vpc-0a1b2c3d",),
    "ExistingSubnetIds": ("subnet-0a1b2c3d,subnet-1a2b3c4d", "subnet-0a1b2c3d"),
    "ExistingRouteTableIds": ("rtb-0a1b2c3d",),
    "ExistingSecurityGroupIds": ("sg-0a1b2c3d", "sg-0a1b2c3d,sg-1a2b3c4d"),
    "ExistingCacheHost": ("cache.example.internal",),
}
"""Values that `CacheMode` existing demands."""

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    **EXISTING_CACHE,
    "EnabledProviders": ("anthropic,openai", "openai"),
    "PolicyOverride": ("", "s3://team-policies/router/policy.toml"),
    "ExistingCachePort": ("6379", "6380"),
    "ExistingCacheUser": ("", "router"),
    "ExistingCacheName": ("shared-cache",),
    "AlarmEmail": ("", "oncall@example.com"),
    "FallbackRateThreshold": ("0.2", "0.5"),
    "AlarmPeriodSeconds": ("60", "300"),
    "AwsEndpointUrl": ("", "http://127.0.0.1:4566"),
}
"""Values of the parameters that allow any."""

_MOST_VALUES = 4


def values_of(name: str) -> tuple[str, ...]:
    """Some values of a parameter."""
    parameter = source_template()["Parameters"][name]
    default = str(parameter["Default"])
    if "AllowedValues" not in parameter:
        return EXAMPLES.get(name, (default,))
    allowed = [str(value) for value in parameter["AllowedValues"]]
    ends = [value for value in (allowed[0], default, allowed[-1]) if value in allowed]
    return tuple(allowed if len(allowed) <= _MOST_VALUES else dict.fromkeys(ends))


def combinations() -> Iterator[dict[str, str]]:
    """Parameters of stacks, so that any two values of two parameters occur together."""
    names = list(source_template()["Parameters"])
    for row in AllPairs([values_of(name) for name in names]):
        yield dict(zip(names, row, strict=True))
