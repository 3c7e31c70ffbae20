"""AWS's limits that the design leans on; the local emulator has none of them.

Sources: the quotas pages of Lambda, Step Functions, API Gateway, CloudFormation, IAM and VPC, and
the property reference of CloudFormation.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from evaluation.asl_interpreter import (
    NOW_MS,
    PlatformError,
    Result,
    StateMachine,
    StateMachineError,
)
from llm_router import bootstrap
from llm_router.adapters.aws.step_functions import MAX_STATE_BYTES
from llm_router.adapters.policy_files import checked_policy, packaged_policy_text
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import PayloadStore, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.prices import LongPrompt, Rates
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import TIERS
from llm_router.settings import InvokeModelSettings, RouteSettings
from tests.support import cascade_fixtures
from tests.support.aws_account import Account
from tests.support.cascade_fixtures import PRICES, ranked
from tests.support.cloudformation import (
    PSEUDO_PARAMETERS,
    ROOT,
    Stack,
    created,
    source_template,
    transformed,
)
from tests.support.fakes import PROVIDERS, ScriptedProvider, asking
from tests.support.parameter_values import EVERYTHING, longest
from tests.support.plans import plan_of
from tests.support.route_function import load_app

Json = dict[str, Any]
KIB = 1024

STATE_BYTES = 256 * KIB
"""Step Functions: input or output of a task, state or execution; one variable; one Assign field."""
EXECUTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
EXPRESS_SECONDS = 300
STATE_NAME_CHARACTERS = 80
DEFINITION_BYTES = 1_000_000

LAMBDA_SECONDS = 900
LAMBDA_MEMORY_MB = (128, 10_240)
LAMBDA_LAYERS, LAMBDA_LAYER_NAME_CHARACTERS = 5, 140
LAMBDA_ENVIRONMENT_BYTES = 4 * KIB
LAMBDA_DESCRIPTION_CHARACTERS = 256
LAMBDA_PAYLOAD_BYTES = 6 * KIB * KIB
LAMBDA_SUBNETS, LAMBDA_SECURITY_GROUPS = 16, 5

API_PAYLOAD_BYTES = 10 * KIB * KIB
API_MILLISECONDS = (50, 29_000)
"""A regional API's upper limit can be raised by a quota request."""
MAPPING_TEMPLATE_BYTES = 300 * KIB

ROLE_POLICY_CHARACTERS = 10_240
"""All inline policies of a role together, without white space."""
ENDPOINT_POLICY_CHARACTERS = 20_480
BUCKET_POLICY_BYTES = 20 * KIB

EC2_DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""Of a security group and of its rules."""
LOG_GROUP_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
CACHE_USER_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""In lower case, as signing in with IAM demands."""
DASHBOARD_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
ALARM_DESCRIPTION_CHARACTERS = 1024
TOPIC_DISPLAY_NAME_CHARACTERS = 100

TEMPLATE_BYTES = 1_000_000
TEMPLATE_DESCRIPTION_BYTES = 1024
PARAMETERS, RESOURCES, OUTPUTS = 200, 500, 200
PARAMETER_VALUE_BYTES = 4 * KIB
PARAMETER_DESCRIPTION_CHARACTERS = 4000


@pytest.fixture(scope="module", params=["create", "existing", "none"])
def stack(request: pytest.FixtureRequest) -> Stack:
    """The stack with the longest parameters and the longest name, in the longest region."""
    parameters = longest(CacheMode=request.param, **EVERYTHING)
    pseudo = {**PSEUDO_PARAMETERS, "AWS::StackName": "s" * 128, "AWS::Region": "ap-southeast-1"}
    template = transformed(source_template(), parameters)
    return Stack(template, parameters, pseudo_parameters=pseudo)


def test_functions_keep_lambdas_limits(stack: Stack) -> None:
    for name, function in stack.of_type("AWS::Lambda::Function").items():
        variables = function["Environment"]["Variables"]
        assert len(json.dumps(variables).encode()) <= LAMBDA_ENVIRONMENT_BYTES, name
        assert function["Timeout"] <= LAMBDA_SECONDS
        assert LAMBDA_MEMORY_MB[0] <= function["MemorySize"] <= LAMBDA_MEMORY_MB[1]
        assert len(function["Layers"]) <= LAMBDA_LAYERS
        assert len(function["Description"]) <= LAMBDA_DESCRIPTION_CHARACTERS
        network = function.get("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": []})
        assert len(network["SubnetIds"]) <= LAMBDA_SUBNETS
        assert len(network["SecurityGroupIds"]) <= LAMBDA_SECURITY_GROUPS
    for name, layer in stack.of_type("AWS::Lambda::LayerVersion").items():
        assert len(layer["LayerName"]) <= LAMBDA_LAYER_NAME_CHARACTERS, name
    for name, version in stack.of_type("AWS::Lambda::Version").items():
        described = version.get("Description", "")
        assert len(described) <= LAMBDA_DESCRIPTION_CHARACTERS, (name, described)


def test_policies_fit_their_documents(stack: Stack) -> None:
    for name, role in stack.of_type("AWS::IAM::Role").items():
        inline = "".join(json.dumps(p["PolicyDocument"]) for p in role["Policies"])
        assert len(re.sub(r"\s", "", inline)) <= ROLE_POLICY_CHARACTERS, name
    for name, endpoint in stack.of_type("AWS::EC2::VPCEndpoint").items():
        document = json.dumps(endpoint.get("PolicyDocument", {}))
        assert len(document) <= ENDPOINT_POLICY_CHARACTERS, name
    for name, policy in stack.of_type("AWS::S3::BucketPolicy").items():
        assert len(json.dumps(policy["PolicyDocument"])) <= BUCKET_POLICY_BYTES, name


def test_names_and_descriptions_are_what_their_services_allow(stack: Stack) -> None:
    for name, group in stack.of_type("AWS::EC2::SecurityGroup").items():
        assert EC2_DESCRIPTION.fullmatch(group["GroupDescription"]), (name, group)
        rules = [*group.get("SecurityGroupIngress", []), *group.get("SecurityGroupEgress", [])]
        assert all(EC2_DESCRIPTION.fullmatch(rule["Description"]) for rule in rules), name
    for rule in stack.of_type("AWS::EC2::SecurityGroupIngress").values():
        assert EC2_DESCRIPTION.fullmatch(rule["Description"])
    for group in stack.of_type("AWS::Logs::LogGroup").values():
        assert LOG_GROUP_NAME.fullmatch(group.get("LogGroupName", "made-by-cloudformation"))
    for user in stack.of_type("AWS::ElastiCache::User").values():
        assert CACHE_USER_ID.fullmatch(user["UserId"])
        assert user["UserId"] == user["UserName"]
    for users in stack.of_type("AWS::ElastiCache::UserGroup").values():
        assert CACHE_USER_ID.fullmatch(users["UserGroupId"])
    for dashboard in stack.of_type("AWS::CloudWatch::Dashboard").values():
        assert DASHBOARD_NAME.fullmatch(dashboard["DashboardName"])
        json.loads(dashboard["DashboardBody"])
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        assert len(alarm["AlarmDescription"]) <= ALARM_DESCRIPTION_CHARACTERS
    for topic in stack.of_type("AWS::SNS::Topic").values():
        assert len(topic["DisplayName"]) <= TOPIC_DISPLAY_NAME_CHARACTERS


def test_objects_expire_after_whole_days(stack: Stack) -> None:
    for name, bucket in stack.of_type("AWS::S3::Bucket").items():
        for rule in bucket.get("LifecycleConfiguration", {}).get("Rules", []):
            assert int(rule["ExpirationInDays"]) > 0, name
            assert len(rule["Id"]) <= 255


def test_the_template_and_what_it_makes_fit_a_stack(stack: Stack) -> None:
    template = source_template()
    assert len((ROOT / "template.yaml").read_bytes()) <= TEMPLATE_BYTES
    assert len(json.dumps(stack.template).encode()) <= TEMPLATE_BYTES
    assert len(template["Description"].encode()) <= TEMPLATE_DESCRIPTION_BYTES
    assert len(template["Parameters"]) <= PARAMETERS
    assert len(stack.template["Resources"]) <= RESOURCES
    assert len(template["Outputs"]) <= OUTPUTS
    for name, parameter in template["Parameters"].items():
        assert parameter.get("MaxLength", 0) <= PARAMETER_VALUE_BYTES, name
        assert len(parameter["Description"]) <= PARAMETER_DESCRIPTION_CHARACTERS, name
        assert name.isalnum()


def test_the_api_waits_no_longer_than_it_may(stack: Stack) -> None:
    (api,) = stack.of_type("AWS::ApiGateway::RestApi").values()
    operations = [
        operation["x-amazon-apigateway-integration"]
        for path in api["Body"]["paths"].values()
        for operation in path.values()
    ]
    assert operations
    waits = {operation.get("timeoutInMillis", API_MILLISECONDS[1]) for operation in operations}
    assert max(waits) == int(stack.parameters["RequestTimeout"]) * 1000
    # Only a choice that says so needs the raised quota.
    parameter = source_template()["Parameters"]["RequestTimeout"]
    assert int(parameter["Default"]) * 1000 <= API_MILLISECONDS[1]
    assert "above 29 needs a raised quota" in parameter["Description"]
    assert all(wait >= API_MILLISECONDS[0] for wait in waits)
    for response in api["Body"]["x-amazon-apigateway-gateway-responses"].values():
        for text in response.get("responseTemplates", {}).values():
            assert len(text.encode()) <= MAPPING_TEMPLATE_BYTES


def test_bodies_fit_through_api_gateway_and_lambda() -> None:
    app = load_app()
    assert min(API_PAYLOAD_BYTES, LAMBDA_PAYLOAD_BYTES) >= app.MAX_BODY_BYTES
    assert app.MAX_REPLY_BYTES <= LAMBDA_PAYLOAD_BYTES


def test_an_execution_can_be_named_after_its_request() -> None:
    assert EXECUTION_NAME.fullmatch(bootstrap.new_request_id())


def test_the_machine_keeps_the_limits_of_an_express_workflow(machine: Json) -> None:
    assert machine["TimeoutSeconds"] <= EXPRESS_SECONDS
    assert len(json.dumps(machine).encode()) <= DEFINITION_BYTES
    assert all(len(name) <= STATE_NAME_CHARACTERS for name in machine["States"])


# ---- the sizes of states and variables on the longest walk -------------------------------------


PADDING = "x"


def largest_inline(payloads: PayloadStore, value: Callable[[str], Json]) -> Json:
    """The value with the longest text that the store still passes inline."""
    below, above = 0, STATE_BYTES
    while above - below > 1:
        length = (below + above) // 2
        if "inline" in payloads.offload(value(PADDING * length)):
            below = length
        else:
            above = length
    return value(PADDING * below)


@pytest.fixture(scope="module")
def payload() -> Iterator[Json]:
    """The largest payload that `route` passes inline."""
    with session_of("RouteFunction") as account:
        settings = RouteSettings.load({**account.environment, "CACHE_HOST": ""})
        payloads = bootstrap.router(settings).payloads
        question = "How many are 6 times 7?"
        yield {
            "inline": largest_inline(
                payloads,
                lambda text: asking(f"{text} {question}").model_dump(
                    mode="json", exclude_none=True
                ),
            )
        }


@pytest.fixture(scope="module")
def doubted() -> Iterator[Callable[[Json, float], Json]]:
    """The real reply of `invoke_model`: the largest inline answer, with the given confidence."""
    with session_of("InvokeModelFunction") as account:
        payloads = bootstrap.model_invoker(InvokeModelSettings.load(account.environment)).payloads
        answer = largest_inline(
            payloads,
            lambda text: Answer(text=text, finish_reason="stop").model_dump(
                mode="json", exclude_none=True
            ),
        )
        provider = ScriptedProvider(
            ProviderAnswer(Answer.model_validate(answer), Usage(input_tokens=1, output_tokens=1))
        )
        use_case = ModelInvoker(
            dict.fromkeys(WIRE_FORMATS, provider), payloads, lambda: NOW_MS, lambda _: None
        )

        def reply(payload: Json, confidence: float) -> Json:
            result = use_case.run(INVOCATION.validate_python(payload))
            opinion = result["opinion"]
            assert "inline" in opinion["answer"]
            return {**result, "opinion": {**opinion, "confidence": confidence}}

        yield reply


@contextmanager
def session_of(function: str) -> Iterator[Account]:
    account = Account(created(CacheMode="none"), function)
    with account.called():
        yield account


def size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def packaged_plans() -> dict[str, Json]:
    """Plans of the packaged policy, by tier and by when a second opinion is asked for."""
    plans = {}
    for choice, tier in itertools.product(("always", "when_unsure"), TIERS):
        text = packaged_policy_text("default")
        changed = re.sub(r'second_opinion = "\w+"', f'second_opinion = "{choice}"', text)
        plan = plan_of(
            asking("How many are 6 times 7?"),
            Decision(tier=tier, strategy="rule"),
            checked_policy(changed, choice),
            PROVIDERS,
            deadline_epoch_ms=NOW_MS + 10**6,
            budget_nano_usd=10**15,
        )
        plans[f"{choice}-{tier}"] = machine_input(plan, {})["plan"]
    return plans


def plan_of_ranks(number: int) -> Json:
    """An undecided plan with so many ranks, each with a long candidate of either provider."""
    long_prompt = LongPrompt(
        **{name: 2 * getattr(PRICES, name) for name in Rates.model_fields if getattr(PRICES, name)},
        above_input_tokens=200_000,
    )
    models = [
        {
            **candidate,
            "id": f"{candidate['id']}-with-the-long-name-of-a-model-20261129",
            "name": "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/" + "m" * 40,
            "base_url": "https://" + "h" * 60 + ".example/v1",
            "fallback": [f"m{number}{n}-with-the-long-name-of-a-model-20261129" for n in (0, 1)],
            "prices": PRICES.model_copy(update={"long_prompt": long_prompt}).model_dump(
                mode="json"
            ),
        }
        for candidate in ranked((2,) * number)
    ]
    made = cascade_fixtures.state_input(
        models, second_opinion="always", budget=10**15, classifier=models[0]
    )
    plan: Json = made["plan"]
    return plan


PLANS = {**packaged_plans(), "nine-ranks": plan_of_ranks(9)}
ALL_OF_A_WALK_BYTES = 192 * KIB
"""The plan, the prompt and all answers that a walk keeps, beside which its attempts must fit."""
PLAN_BYTES = 48 * KIB


def test_a_plan_of_eighteen_candidates_leaves_room_for_the_rest() -> None:
    plan = PLANS["nine-ranks"]
    assert len(plan["candidates"]) == 18
    assert len(plan["tiers"]) == 3
    assert 16 * KIB < size(plan) <= PLAN_BYTES


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_the_largest_answers_fit_the_states_of_the_longest_walk(
    plan: Json, payload: Json, doubted: Callable[[Json, float], Json]
) -> None:
    """No answer is trusted, each is as large as it may be inline, and so is the payload.

    The interpreter refuses what is above the limits of states, variables and assignments.
    """
    machine = StateMachine()
    tier = plan["tiers"][plan["tier"]]
    requirements = tier["requirements"]
    confidence = min(requirements["unsure_from"], requirements["threshold"] / 2)
    execution = machine.start({"plan": plan, "payload": payload})
    assert size(plan) + size(payload) <= MAX_STATE_BYTES <= STATE_BYTES
    while execution.state is not None:
        call = execution.calls[-1]
        result: Result = (
            PlatformError() if call["action"] == "classify" else doubted(call, confidence)
        )
        execution = machine.resume(execution, result)
        answers = [execution.variables["best"], *execution.variables["opinions"]]
        assert size(plan) + size(payload) + size(answers) <= ALL_OF_A_WALK_BYTES
    ranks = {plan["candidates"][name]["rank"] for name in tier["candidates"]}
    answers = [call for call in execution.calls if call["action"] == "answer"]
    assert len(answers) >= len(ranks)
    assert len(execution.variables["opinions"]) <= 3


def test_the_interpreter_refuses_what_the_service_would() -> None:
    machine = StateMachine()
    with pytest.raises(StateMachineError, match="the input holds"):
        machine.start({"plan": {}, "payload": "x" * STATE_BYTES})
    waiting = machine.start({"plan": PLANS["nine-ranks"], "payload": {}})
    with pytest.raises(StateMachineError, match="the result of"):
        machine.resume(waiting, {"outcome": "x" * STATE_BYTES})
