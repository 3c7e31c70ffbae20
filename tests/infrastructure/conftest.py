import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
Template = dict[str, Any]


@pytest.fixture(scope="session")
def template() -> Template:
    """The template as written, its functions in their long form."""
    parsed: Template = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


@pytest.fixture(scope="session")
def machine() -> Template:
    parsed: Template = json.loads((ROOT / "statemachine" / "cascade.asl.json").read_text())
    return parsed


@pytest.fixture(scope="session")
def resources_with(template: Template) -> Callable[..., dict[str, Any]]:
    """The resources that exist with the given parameters, by evaluating the conditions."""

    def chosen(**parameters: str) -> dict[str, Any]:
        values = {name: p.get("Default") for name, p in template["Parameters"].items()} | parameters

        def holds(condition: Any) -> bool:
            if isinstance(condition, str):
                return holds(template["Conditions"][condition])
            ((function, arguments),) = condition.items()
            if function == "Condition":
                return holds(arguments)
            if function == "Fn::Equals":
                left, right = (
                    values[side["Ref"]] if isinstance(side, dict) else side for side in arguments
                )
                return bool(left == right)
            each = [holds(argument) for argument in arguments]
            return {"Fn::Not": not each[0], "Fn::And": all(each), "Fn::Or": any(each)}[function]

        return {
            name: resource
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or holds(resource["Condition"])
        }

    return chosen
