"""Each combination of parameters gives a stack that AWS can create; each change takes effect."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from tests.support.cloudformation import (
    PSEUDO_PARAMETERS,
    REGION,
    Json,
    RefusedError,
    Stack,
    created,
    empty_values,
    source_template,
    transformed,
)
from tests.support.parameter_values import EVERYTHING, EXISTING, combinations, longest, values_of

COMBINATIONS = list(combinations())
SIGNED_IN = {**EXISTING, "ExistingCacheName": "shared-cache"}
"""What `CacheMode` existing needs together with an `ExistingCacheUser`."""


def name_of(parameters: dict[str, str]) -> str:
    return "-".join(parameters[name] for name in ("CacheMode", "MultiAz", "LedgerRetentionDays"))


@pytest.mark.parametrize("parameters", COMBINATIONS, ids=name_of)
def test_a_combination_can_be_created(parameters: dict[str, str]) -> None:
    """Conditions and intrinsics resolve, in an order of creation, and pass no empty id on."""
    stack = created(**parameters)
    assert set(stack.creation_order()) == set(stack.resources)
    assert list(empty_values(stack.resources)) == []
    assert list(empty_values(stack.outputs)) == []


@pytest.mark.parametrize(
    ("partition", "region"), [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")]
)
@pytest.mark.parametrize("mode", values_of("CacheMode"))
def test_no_arn_names_another_partition(mode: str, partition: str, region: str) -> None:
    parameters = longest(CacheMode=mode, **EVERYTHING)
    pseudo = {**PSEUDO_PARAMETERS, "AWS::Partition": partition, "AWS::Region": region}
    template = transformed(source_template(), parameters, region)
    stack = Stack(template, parameters, pseudo_parameters=pseudo)
    named = set(re.findall(r"arn:(aws[a-z-]*):", json.dumps(stack.resources)))
    assert named == {partition}


FAULTS: dict[str, Callable[[Json], object]] = {
    "a resource without what it names": lambda t: t["Resources"]["LedgerBucketPolicy"].pop(
        "Condition"
    ),
    "an output of what may not exist": lambda t: t["Outputs"]["LedgerBucketName"].pop("Condition"),
    "a condition that is not declared": lambda t: t["Conditions"].pop("CreatesCache"),
    "a dependency on nothing": lambda t: t["Resources"]["Cache"].update(DependsOn="NoSuch"),
    "a circle": lambda t: t["Resources"]["Vpc"].update(DependsOn=["SubnetA"]),
    "a row that a mapping lacks": lambda t: t["Mappings"]["Timeouts"].pop("60"),
    "a list in a text": lambda t: t["Resources"]["AlarmTopic"]["Properties"].update(
        DisplayName={"Fn::Sub": "${ExistingRouteTableIds}"}
    ),
    "a part that a list lacks": lambda t: t["Resources"]["Vpc"]["Properties"].update(
        CidrBlock={"Fn::Select": [1, ["10.42.0.0/24"]]}
    ),
    "a substitution that is not given": lambda t: t["Resources"]["CascadeStateMachine"][
        "Properties"
    ]["DefinitionSubstitutions"].pop("Partition"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_template_is_refused(fault: str) -> None:
    def create_all() -> None:
        for parameters in COMBINATIONS:
            template = deepcopy(created(**parameters).template)
            FAULTS[fault](template)
            Stack(template, parameters).creation_order()

    with pytest.raises(RefusedError):
        create_all()


def covering() -> list[dict[str, str]]:
    """Combinations in which each condition of the template holds once and once does not."""
    seen: set[tuple[str, bool]] = set()
    chosen = []
    for parameters in COMBINATIONS:
        stack = created(**parameters)
        shown = {(name, stack.condition(name)) for name in source_template()["Conditions"]}
        if shown - seen:
            chosen.append(parameters)
        seen |= shown
    assert len(seen) == 2 * len(source_template()["Conditions"])
    return chosen


def test_cfn_lint_knows_no_fault_of_a_combination() -> None:
    for parameters in covering():
        stack = Stack(transformed(source_template(), parameters), parameters, keep_references=True)
        config = ManualArgs(regions=[REGION])
        assert lint(json.dumps(stack.as_template()), config=config) == [], parameters


@pytest.mark.parametrize("left_out", SIGNED_IN)
def test_an_existing_cache_without_its_particulars_is_refused_at_once(left_out: str) -> None:
    parameters = {"CacheMode": "existing", "ExistingCacheUser": "router", **SIGNED_IN}
    created(**parameters)
    with pytest.raises(RefusedError, match=f"needs {left_out}$"):
        created(**{**parameters, left_out: ""})


def changes() -> Iterator[tuple[str, str, str]]:
    """A cache mode, a parameter, and a value that differs from the parameter's default or first."""
    for mode, name in itertools.product(values_of("CacheMode"), source_template()["Parameters"]):
        base = {**SIGNED_IN, "CacheMode": mode}.get(
            name, str(source_template()["Parameters"][name]["Default"])
        )
        others = [value for value in values_of(name) if value and value != base]
        for value in others if name == "CacheMode" else others[:1]:
            if name == "CacheMode" or mode != "none":
                yield mode, name, value


SNAPSHOTS = {"AWS::Lambda::Version": "FunctionName", "AWS::ApiGateway::Deployment": "RestApiId"}
"""Types that hold their source as it was when they were made, and the property that names it."""


def snapshots(stack: Stack) -> dict[str, Any]:
    """By the logical id of each source: its properties and those of its newest snapshot."""
    found = {}
    for name, resource in stack.resources.items():
        if (source_property := SNAPSHOTS.get(resource["Type"])) is not None:
            source = stack.template["Resources"][name]["Properties"][source_property]["Ref"]
            properties = stack.resources[source]["Properties"]
            found[source] = (properties, (name, resource["Properties"]))
    return found


@pytest.mark.parametrize(("mode", "name", "value"), list(changes()))
def test_a_changed_parameter_reaches_what_callers_use(mode: str, name: str, value: str) -> None:
    """A function's alias and the API's stage serve snapshots, which only a new one replaces."""
    before = snapshots(created(**SIGNED_IN, CacheMode=mode))
    after = snapshots(created(**{**SIGNED_IN, "CacheMode": mode, name: value}))
    assert before
    for source in before.keys() & after.keys():
        (old, old_snapshot), (new, new_snapshot) = before[source], after[source]
        assert old == new or old_snapshot != new_snapshot, source
        # Lambda refuses a second version of an unchanged function, which fails the deployment.
        if source != "Api":
            assert old != new or old_snapshot == new_snapshot, source
