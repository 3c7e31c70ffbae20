"""Values of the template's parameters, and combinations in which each pair of values occurs."""

import re
from collections.abc import Callable, Iterator, Mapping

from allpairspy import AllPairs

from .cloudformation import RefusedError, Stack, source_template

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "EnabledProviders": ("anthropic,openai", "openai"),
    "AlarmEmail": ("", "oncall@example.com"),
    "PolicyOverride": ("", "s3://team-policies/router/policy.toml"),
    "ThrottleRate": ("100", "500"),
    "ThrottleBurst": ("200", "1000"),
    "CorsOrigins": ("", "*", "https://app.example.com,http://localhost:3000"),
    "FallbackRateThreshold": ("0.2", "0.5"),
    "AvailabilityZones": ("", "eu-central-1b,eu-central-1c"),
    "ExistingVpcId": ("", "vpc-0a1b2c3d", "vpc-1a2b3c4d"),
    "ExistingSubnetIds": ("", "subnet-0a1b2c3d", "subnet-0a1b2c3d,subnet-1a2b3c4d"),
    "ExistingCacheHost": ("", "cache.example.internal", "valkey.example.internal"),
    "ExistingCachePort": ("6379", "6380"),
    "ExistingCacheUser": ("", "router"),
    "ExistingCacheName": ("", "shared-cache"),
    "ExistingCacheSecurityGroupId": ("", "sg-0a1b2c3d"),
    "ExistingRouteTableIds": ("", "rtb-0a1b2c3d", "rtb-0a1b2c3d,rtb-1a2b3c4d"),
}
"""Values of the parameters that allow any; the default comes first."""

OF_LENGTH: Mapping[str, Callable[[int], str]] = {
    "EnabledProviders": lambda length: "p" * length,
    "PolicyOverride": lambda length: f"s3://{'b' * 63}/{'k' * (length - 69)}",
    "CorsOrigins": lambda length: f"https://{'h' * (length - 8)}",
    "AvailabilityZones": lambda length: f"{'a' * (length // 2)},{'b' * ((length - 1) // 2)}",
    "ExistingCacheHost": lambda length: "h" * length,
    "ExistingCacheUser": lambda length: "u" * length,
    "ExistingCacheName": lambda length: "n" * length,
}
"""Values of parameters that have a `MaxLength`, by their length."""

LONGEST: Mapping[str, str] = {
    "ExistingVpcId": f"vpc-{'0' * 17}",
    "ExistingSubnetIds": ",".join([f"subnet-{'0' * 17}"] * 3),
    "ExistingCachePort": "65535",
    "ExistingCacheSecurityGroupId": f"sg-{'0' * 17}",
}
"""The longest values of other parameters."""

EXISTING: Mapping[str, str] = {
    "ExistingVpcId": "vpc-0a1b2c3d",
    "ExistingSubnetIds": "subnet-0a1b2c3d",
    "ExistingCacheHost": "cache.example.internal",
}
"""The parameters that `CacheMode` existing cannot do without."""

EVERYTHING: Mapping[str, str] = {
    "ExistingCacheTls": "true",
    "LedgerRetentionDays": "365",
    "ShadowChecks": "on",
}
"""With the longest values, these leave out no resource of a `CacheMode`."""

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
    """Parameters that the rules allow, so that any two values that may occur together do."""
    template = source_template()
    names = list(template["Parameters"])

    def allowed(row: list[str]) -> bool:
        """Evaluate the rules about the parameters that have a value already."""
        given = dict(zip(names, row, strict=False))
        rules = {
            name: rule
            for name, rule in template.get("Rules", {}).items()
            if set(re.findall(r"'Ref': '(\w+)'", str(rule))) <= given.keys()
        }
        try:
            Stack({"Parameters": template["Parameters"], "Rules": rules, "Resources": {}}, given)
        except RefusedError:
            return False
        return True

    for row in AllPairs([values_of(name) for name in names], filter_func=allowed):
        yield dict(zip(names, row, strict=True))


def longest(**chosen: str) -> dict[str, str]:
    """The longest allowed value of each parameter, but for the chosen ones."""
    values = {}
    for name, parameter in source_template()["Parameters"].items():
        if "AllowedValues" in parameter:
            values[name] = max(map(str, parameter["AllowedValues"]), key=len)
        elif "MaxLength" in parameter:
            values[name] = OF_LENGTH[name](parameter["MaxLength"])
        else:
            values[name] = LONGEST.get(name, values_of(name)[-1])
    return {**values, **chosen}
