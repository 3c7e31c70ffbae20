"""Resolves the template as CloudFormation does: SAM transform, rules, conditions, intrinsics.

The local emulator forgives what CloudFormation refuses. This refuses it too: a reference to a
resource that the conditions leave out, a list where a string belongs, a missing row of a mapping.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from samtranslator.model import apigateway
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
REGION, ACCOUNT = "eu-central-1", "123456789012"
STACK = "llm-router"
PSEUDO_PARAMETERS: Mapping[str, Any] = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": STACK,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/"
    "0a1b2c3d-4e5f-11f0-8a7b-0123456789ab",
    "AWS::NotificationARNs": [],
}
Json = dict[str, Any]

ARNS = {
    "AWS::ApiGateway::RestApi": "apigateway:{region}::/restapis/{id}",
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{id}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{id}",
    "AWS::IAM::Role": "iam::{account}:role/{id}",
    "AWS::Lambda::Alias": "lambda:{region}:{account}:function:{id}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{id}",
    "AWS::Lambda::LayerVersion": "lambda:{region}:{account}:layer:{id}",
    "AWS::Lambda::Version": "lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{id}:*",
    "AWS::S3::Bucket": "s3:::{id}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{id}",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:{id}",
    "AWS::StepFunctions::StateMachine": "states:{region}:{account}:stateMachine:{id}",
}
"""ARN by resource type, without `arn:<partition>:`."""

ID_PREFIXES = {
    "AWS::EC2::RouteTable": "rtb-",
    "AWS::EC2::SecurityGroup": "sg-",
    "AWS::EC2::Subnet": "subnet-",
    "AWS::EC2::VPC": "vpc-",
    "AWS::EC2::VPCEndpoint": "vpce-",
}
"""Prefix of the 17 digits of an EC2 resource's id."""

REFERRED_BY_ARN = {
    "AWS::Lambda::Alias",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Version",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
"""Types whose `Ref` is the ARN."""

REPLACED_BY: Mapping[str, tuple[str, ...]] = {
    "AWS::EC2::SecurityGroup": ("GroupDescription", "VpcId"),
    "AWS::EC2::Subnet": ("AvailabilityZone", "CidrBlock", "VpcId"),
    "AWS::Lambda::LayerVersion": (
        "CompatibleArchitectures",
        "CompatibleRuntimes",
        "Content",
        "LayerName",
    ),
}
"""Properties whose change makes a new resource with another id ("Update requires: Replacement")."""


_seconds = count(1_800_000_000)


class RefusedError(Exception):
    """CloudFormation would refuse the parameters or the template."""


@cache
def source_template() -> Json:
    """The template as written; not to be changed."""
    return cast(Json, yaml_parse((ROOT / "template.yaml").read_text()))


def transformed(template: Json, parameters: Mapping[str, str], region: str = REGION) -> Json:
    """Apply the SAM transform, as after `sam package`; the machine's definition stands inline."""
    packaged = deepcopy(template)
    for resource in packaged["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri"):
            if name in properties:
                properties[name] = f"s3://packages/{properties[name]}"
        if path := properties.pop("DefinitionUri", None):
            properties["Definition"] = json.loads((ROOT / path).read_text())
    translator = Translator({}, Parser(), boto_session=_session(region))
    with pytest.MonkeyPatch.context() as patch:
        # SAM names a deployment after the second: no two are made within the same one.
        patch.setattr(apigateway, "time", SimpleNamespace(time=lambda: next(_seconds)))
        return cast(Json, translator.translate(packaged, dict(parameters)))


@cache
def _session(region: str) -> boto3.Session:
    return boto3.Session(region_name=region)


@cache
def _created(parameters: frozenset[tuple[str, str]]) -> "Stack":
    chosen = dict(parameters)
    return Stack(transformed(source_template(), chosen), chosen)


def created(**parameters: str) -> "Stack":
    """The stack that the template makes with these parameters."""
    return _created(frozenset(parameters.items()))


class _Left:
    """Marks a value that `AWS::NoValue` removes."""


_NO_VALUE = _Left()


class Stack:
    """A transformed template with the given parameters: what exists, with values instead of
    intrinsics.

    Names and ARNs are made up, but the same for each reference to a resource. With
    `keep_references` they stay intrinsics, as linters want them.
    """

    def __init__(
        self,
        template: Json,
        parameters: Mapping[str, str],
        *,
        keep_references: bool = False,
        pseudo_parameters: Mapping[str, Any] = PSEUDO_PARAMETERS,
    ) -> None:
        self.template = template
        self._pseudo_parameters = pseudo_parameters
        self._keep_references = keep_references
        self.parameters = self._parameter_values(parameters)
        self._check_rules()
        self._dependencies: dict[str, set[str]] = {}
        self._resolving: list[str] = []
        self._properties: Json = {}
        self.resources: Json = {
            name: self._resource(name)
            for name in template["Resources"]
            if self._exists(template["Resources"][name])
        }
        self.outputs: Json = {
            name: self._required(output["Value"], f"Outputs.{name}")
            for name, output in template.get("Outputs", {}).items()
            if self._exists(output)
        }

    def of_type(self, *types: str) -> dict[str, Json]:
        """The properties of the resources of these types, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] in types
        }

    def creation_order(self) -> list[str]:
        """The resources so that each follows those that it needs; refuses circles."""
        try:
            return list(TopologicalSorter(self._dependencies).static_order())
        except CycleError as error:
            raise RefusedError(f"circular dependency: {error.args[1]}") from error

    def condition(self, name: str) -> bool:
        """The value of a condition."""
        if name not in self.template.get("Conditions", {}):
            raise RefusedError(f"no condition {name}")
        return self._holds(self.template["Conditions"][name])

    def as_template(self) -> Json:
        """A template of what exists, without parameters and conditions."""
        return {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Resources": self.resources,
            "Outputs": {name: {"Value": value} for name, value in self.outputs.items()},
        }

    def _parameter_values(self, given: Mapping[str, str]) -> Json:
        declared = self.template.get("Parameters", {})
        if unknown := set(given) - set(declared):
            raise RefusedError(f"no such parameters: {unknown}")
        values: Json = {}
        for name, parameter in declared.items():
            if name not in given and "Default" not in parameter:
                raise RefusedError(f"{name} has no value")
            text = _text(given.get(name, parameter.get("Default")))
            _check_parameter(name, parameter, text)
            is_list = parameter["Type"] == "CommaDelimitedList" or "List<" in parameter["Type"]
            values[name] = [part.strip() for part in text.split(",")] if is_list else text
        return values

    def _check_rules(self) -> None:
        for name, rule in self.template.get("Rules", {}).items():
            if "RuleCondition" in rule and not self._holds(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self._holds(assertion["Assert"]):
                    raise RefusedError(f"{name}: {assertion.get('AssertDescription', '')}")

    def _holds(self, condition: Any) -> bool:
        if not isinstance(condition, dict) or len(condition) != 1:
            raise RefusedError(f"not a condition: {condition}")
        ((function, argument),) = condition.items()
        if function == "Condition":
            return self.condition(argument)
        if function in ("Fn::And", "Fn::Or", "Fn::Not"):
            each = [self._holds(part) for part in argument]
            if not (1 if function == "Fn::Not" else 2) <= len(each) <= 10:
                raise RefusedError(f"{function} of {len(each)} conditions")
            return {"Fn::And": all(each), "Fn::Or": any(each), "Fn::Not": not each[0]}[function]
        if function not in _COMPARISONS:
            raise RefusedError(f"no condition function: {function}")
        return _COMPARISONS[function](*(self._without_resources(side) for side in argument))

    def _without_resources(self, value: Any) -> Any:
        """The value in a rule or a condition, where resources do not exist yet."""
        if isinstance(value, list):
            return [self._without_resources(part) for part in value]
        if isinstance(value, dict) and "Ref" in value and value["Ref"] not in self._known_values():
            raise RefusedError(f"a condition refers to {value['Ref']}")
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            raise RefusedError(f"a condition refers to {value}")
        resolved = self._value(value, "a condition")
        return resolved if isinstance(resolved, list) else _text(resolved)

    def _known_values(self) -> Json:
        return {**self._pseudo_parameters, **self.parameters}

    def _exists(self, part: Json) -> bool:
        return "Condition" not in part or self.condition(part["Condition"])

    def _resource(self, name: str) -> Json:
        resource = self.template["Resources"][name]
        needed = self._dependencies.setdefault(name, set())
        after = resource.get("DependsOn", [])
        for target in [after] if isinstance(after, str) else after:
            if target not in self.template["Resources"]:
                raise RefusedError(f"{name} depends on {target}, which does not exist")
            # CloudFormation ignores one that the conditions leave out.
            if self._exists(self.template["Resources"][target]):
                needed.add(target)
        kept = {k: v for k, v in resource.items() if k not in ("Condition", "Properties")}
        return {**kept, "Properties": self._properties_of(name)}

    def _properties_of(self, name: str) -> Json:
        if name in self._resolving:
            raise RefusedError(f"circular dependency: {self._resolving}")
        if name not in self._properties:
            self._resolving.append(name)
            properties = self.template["Resources"][name].get("Properties", {})
            self._properties[name] = self._required(properties, name)
            self._substitute_definition(self._properties[name], name)
            self._resolving.pop()
        return cast(Json, self._properties[name])

    def _substitute_definition(self, properties: Json, path: str) -> None:
        """Put the substitutions of a state machine into its definition, references excepted."""
        values = properties.get("DefinitionSubstitutions", {})
        literal = {name: _text(value) for name, value in values.items() if _is_literal(value)}
        definition = properties.get("DefinitionString", "")
        for name, value in literal.items():
            definition = definition.replace(f"${{{name}}}", value)
        if left := set(re.findall(r"\$\{(\w+)\}", definition)) - values.keys():
            raise RefusedError(f"{path}: no substitutions for {left}")
        if definition:
            properties["DefinitionString"] = definition

    def _required(self, value: Any, path: str) -> Any:
        resolved = self._value(value, path)
        if resolved is _NO_VALUE:
            raise RefusedError(f"{path} has no value")
        return resolved

    def _value(self, value: Any, path: str) -> Any:
        if isinstance(value, list):
            parts = [self._value(part, f"{path}[{n}]") for n, part in enumerate(value)]
            return [part for part in parts if part is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function in _INTRINSICS:
                return _INTRINSICS[function](self, argument, path)
            if function.startswith("Fn::"):
                raise RefusedError(f"{path}: unknown function {function}")
        resolved = {name: self._value(part, f"{path}.{name}") for name, part in value.items()}
        return {name: part for name, part in resolved.items() if part is not _NO_VALUE}

    def _reference(self, name: str, path: str, attribute: str | None = None) -> Any:
        """A made-up name, ARN or attribute of a resource, or the intrinsic for it."""
        resource = self.template["Resources"].get(name)
        if resource is None:
            raise RefusedError(f"{path}: there is no {name}")
        if not self._exists(resource):
            raise RefusedError(f"{path}: {name} is not created with {self.parameters}")
        if self._resolving:
            self._dependencies.setdefault(self._resolving[-1], set()).add(name)
        if self._keep_references:
            return {"Ref": name} if attribute is None else {"Fn::GetAtt": [name, attribute]}
        kind = resource["Type"]
        identity = f"{STACK}-{name}" if kind != "AWS::S3::Bucket" else f"{STACK}-{name.lower()}"
        if kind in REPLACED_BY:
            properties = self._properties_of(name)
            made_from = json.dumps([properties.get(each) for each in REPLACED_BY[kind]])
            identity += f"-{hashlib.sha256(made_from.encode()).hexdigest()[:8]}"
        if kind in ID_PREFIXES:
            digits = hashlib.sha256(identity.encode()).hexdigest()[:17]
            identity = ID_PREFIXES[kind] + digits
            if attribute in ("GroupId", "VpcId", "SubnetId", "Id"):
                return identity
        if attribute == "Arn" or (attribute is None and kind in REFERRED_BY_ARN):
            if kind not in ARNS:
                raise RefusedError(f"{path}: the form of an ARN of {kind} is not in ARNS")
            known = self._pseudo_parameters
            partition, region = known["AWS::Partition"], known["AWS::Region"]
            arn = ARNS[kind].format(region=region, account=ACCOUNT, id=identity)
            return f"arn:{partition}:{arn}"
        if attribute is None:
            return identity
        if attribute == "DnsEntries":
            return [f"Z0123456789:{identity}.vpce.amazonaws.com"]
        return "6379" if attribute.endswith("Port") else f"{identity}.{attribute}"

    def _ref(self, name: str, path: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        known = self._known_values()
        return known[name] if name in known else self._reference(name, path)

    def _get_att(self, argument: Any, path: str) -> Any:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._reference(name, path, attribute)

    def _if(self, argument: Any, path: str) -> Any:
        condition, then, otherwise = argument
        return self._value(then if self.condition(condition) else otherwise, path)

    def _sub(self, argument: Any, path: str) -> Any:
        text, own = (argument, {}) if isinstance(argument, str) else argument
        variables = {name: self._value(value, path) for name, value in own.items()}
        kept: Json = {}

        def substituted(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("!"):
                return match[0] if self._keep_references else f"${{{name[1:]}}}"
            if name in variables:
                value = variables[name]
            else:
                value = self._get_att(name, path) if "." in name else self._ref(name, path)
            if _is_literal(value):
                return _text(value)
            if isinstance(value, dict):
                if name in variables:
                    kept[name] = value
                return match[0]
            raise RefusedError(f"{path}: ${{{name}}} is not a string")

        done = re.sub(r"\$\{([^}]+)\}", substituted, text)
        if self._keep_references and "${" in done:
            return {"Fn::Sub": [done, kept] if kept else done}
        return done

    def _join(self, argument: Any, path: str) -> Any:
        delimiter, values = argument
        parts = self._value(values, path)
        if not isinstance(parts, list):
            raise RefusedError(f"{path}: Fn::Join of something that is no list")
        if all(_is_literal(part) for part in parts):
            return delimiter.join(_text(part) for part in parts)
        if self._keep_references:
            return {"Fn::Join": [delimiter, parts]}
        raise RefusedError(f"{path}: Fn::Join of something that is no string")

    def _select(self, argument: Any, path: str) -> Any:
        index, values = self._value(argument[0], path), self._value(argument[1], path)
        if isinstance(values, dict):
            return {"Fn::Select": [index, values]}
        if not 0 <= int(index) < len(values):
            raise RefusedError(f"{path}: Fn::Select of part {index} of {values}")
        return values[int(index)]

    def _split(self, argument: Any, path: str) -> Any:
        delimiter, text = argument[0], self._value(argument[1], path)
        if isinstance(text, dict):
            return {"Fn::Split": [delimiter, text]}
        if not isinstance(text, str):
            raise RefusedError(f"{path}: Fn::Split of something that is no string")
        return text.split(delimiter)

    def _find_in_map(self, argument: Any, path: str) -> Any:
        name, row, column = (self._value(part, path) for part in argument)
        try:
            return self.template["Mappings"][name][row][column]
        except KeyError as error:
            raise RefusedError(f"{path}: {name} has no {row}.{column}") from error

    def _zones(self, argument: Any, path: str) -> Any:
        if self._keep_references:
            return {"Fn::GetAZs": argument}
        return [f"{self._value(argument, path) or REGION}{zone}" for zone in "abc"]


_INTRINSICS: Mapping[str, Callable[[Stack, Any, str], Any]] = {
    "Ref": Stack._ref,
    "Fn::GetAtt": Stack._get_att,
    "Fn::If": Stack._if,
    "Fn::Sub": Stack._sub,
    "Fn::Join": Stack._join,
    "Fn::Select": Stack._select,
    "Fn::Split": Stack._split,
    "Fn::FindInMap": Stack._find_in_map,
    "Fn::GetAZs": Stack._zones,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Fn::Equals": lambda left, right: bool(left == right),
    "Fn::Contains": lambda strings, value: value in strings,
    "Fn::EachMemberEquals": lambda strings, value: all(each == value for each in strings),
    "Fn::EachMemberIn": lambda strings, allowed: all(each in allowed for each in strings),
}


def empty_values(value: Any, path: str = "") -> Iterator[str]:
    """The paths of empty strings; an environment variable may be empty."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name != "Environment":
                yield from empty_values(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from empty_values(part, f"{path}[{number}]")
    elif value == "":
        yield path


def _is_literal(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _text(value: Any) -> str:
    """A scalar as CloudFormation spells it."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _check_parameter(name: str, parameter: Json, text: str) -> None:
    if parameter["Type"].startswith(("AWS::", "List<AWS::")) and not text:
        raise RefusedError(f"{name}: an empty value is not of type {parameter['Type']}")
    each = text.split(",") if parameter["Type"] == "CommaDelimitedList" else [text]
    allowed = [_text(value) for value in parameter.get("AllowedValues", each)]
    pattern = parameter.get("AllowedPattern", ".*")
    for value in each:
        if value not in allowed or not re.fullmatch(pattern, value, re.DOTALL):
            raise RefusedError(f"{name}: {value!r} is not allowed")
    if not parameter.get("MinLength", 0) <= len(text) <= parameter.get("MaxLength", len(text)):
        raise RefusedError(f"{name}: {len(text)} characters")
    if parameter["Type"] == "Number" and not (
        parameter.get("MinValue", float(text)) <= float(text)
        and float(text) <= parameter.get("MaxValue", float(text))
    ):
        raise RefusedError(f"{name}: {text} is out of its range")
