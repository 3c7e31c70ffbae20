"""Answers a deployed function's AWS calls under the permissions that its stack gives it."""

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.loaders import Loader
from botocore.model import OperationModel
from botocore.response import StreamingBody

from llm_router import bootstrap

from .cloudformation import ACCOUNT, REGION, Stack
from .iam import Call, Json, is_allowed

Answer = tuple[int, Json]
"""Status and parsed reply."""


class Operation(NamedTuple):
    """The permission that an operation needs; parameters of the call fill in the resource."""

    action: str
    resource: str
    context: Mapping[str, str] = {}


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("s3", "GetObject"): Operation("s3:GetObject", "arn:aws:s3:::{Bucket}/{Key}"),
    ("s3", "HeadObject"): Operation("s3:GetObject", "arn:aws:s3:::{Bucket}/{Key}"),
    ("s3", "PutObject"): Operation("s3:PutObject", "arn:aws:s3:::{Bucket}/{Key}"),
    ("s3", "DeleteObject"): Operation("s3:DeleteObject", "arn:aws:s3:::{Bucket}/{Key}"),
    ("s3", "ListObjectsV2"): Operation(
        "s3:ListBucket", "arn:aws:s3:::{Bucket}", {"s3:prefix": "{Prefix}"}
    ),
    ("dynamodb", "GetItem"): Operation(
        "dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{TableName}}"
    ),
    ("secretsmanager", "GetSecretValue"): Operation("secretsmanager:GetSecretValue", "{SecretId}"),
    ("stepfunctions", "StartSyncExecution"): Operation(
        "states:StartSyncExecution", "{stateMachineArn}"
    ),
}
"""Service Authorization Reference, "Actions defined by …"; other operations are an error."""

ENDPOINT_SERVICES = {"s3": "s3", "states": "sync-states"}
"""Last part of the name of a service's VPC endpoint, by the prefix of its actions."""


class Account:
    """The AWS account as a function sees it: its role, its way out of the VPC, and some objects.

    A call that the role or an endpoint's policy denies fails with `AccessDenied`; so does reading a
    missing object without permission to list its bucket, as S3 does.
    """

    def __init__(self, stack: Stack, function: str) -> None:
        self._stack = stack
        self.function = stack.of_type("AWS::Lambda::Function")[function]
        self.calls: list[Call] = []
        self.denied: list[Call] = []
        self.objects: dict[tuple[str, str], bytes] = {}
        self.secret = json.dumps({"openai": "key"})
        self.execution_output: Json = {}

    @property
    def environment(self) -> dict[str, str]:
        """The function's environment variables."""
        variables: dict[str, str] = self.function["Environment"]["Variables"]
        return variables

    @contextmanager
    def called(self) -> Iterator[None]:
        """Direct the clients that are made here, also by `bootstrap`, to this account."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(boto3, "DEFAULT_SESSION", self._session())
            # S3's clients are kept for all uses of a function.
            bootstrap._s3.cache_clear()
            yield
        bootstrap._s3.cache_clear()

    def _session(self) -> boto3.Session:
        core = botocore.session.Session()
        core.register_component("data_loader", _loader())
        core.set_credentials("AKIDEXAMPLE", "example")
        core.set_config_variable("region", REGION)
        core.register("provide-client-params.*.*", self._note_parameters)
        core.register("before-call.*.*", self._answer)
        return boto3.Session(botocore_session=core)

    def permits(self, call: Call) -> bool:
        """True if the role and, in a VPC, the endpoint allow the call."""
        role = self.function["Role"]
        return is_allowed(role_policies(self._stack, role), call, role) and all(
            is_allowed([document], call, role) for document in self.endpoint_policies(call)
        )

    def endpoint_policies(self, call: Call) -> list[Json]:
        """The policy of the endpoint that the call takes; none if it takes none, or an open one."""
        service = ENDPOINT_SERVICES.get(call.action.split(":")[0])
        if "VpcConfig" not in self.function or service is None:
            return []
        endpoints = [
            endpoint
            for endpoint in self._stack.of_type("AWS::EC2::VPCEndpoint").values()
            if endpoint["ServiceName"].rpartition(".")[2] == service
        ]
        # An existing VPC may have ways of its own.
        if not endpoints and self._stack.of_type("AWS::EC2::VPC"):
            raise AssertionError(f"no way out of the VPC for {call}")
        return [e["PolicyDocument"] for e in endpoints if "PolicyDocument" in e]

    def _note_parameters(self, **event: Any) -> None:
        event["context"]["given"] = dict(event["params"])

    def _answer(self, **event: Any) -> Any:
        model: OperationModel = event["model"]
        given: Json = event["context"]["given"]
        operation = OPERATIONS[model.service_model.service_name, model.name]
        call = Call(
            operation.action,
            operation.resource.format(**given),
            {key: value.format(**given) for key, value in operation.context.items()},
        )
        self.calls.append(call)
        if self.permits(call):
            status, reply = _ANSWERS[model.name](self, given)
        else:
            self.denied.append(call)
            status, reply = 403, {"Error": {"Code": "AccessDenied", "Message": f"{call}"}}
        reply["ResponseMetadata"] = {"HTTPStatusCode": status}
        return AWSResponse("", status, HTTPHeaders(), None), reply

    def _get_object(self, given: Json) -> Answer:
        body = self.objects.get((given["Bucket"], given["Key"]))
        if body is not None:
            return 200, {"Body": StreamingBody(io.BytesIO(body), len(body)), "ETag": '"1"'}
        lists = Call("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}")
        if self.permits(lists):
            return 404, {"Error": {"Code": "NoSuchKey", "Message": "no such key"}}
        return 403, {"Error": {"Code": "AccessDenied", "Message": "missing, or not to be known"}}

    def _put_object(self, given: Json) -> Answer:
        body = given["Body"]
        self.objects[given["Bucket"], given["Key"]] = body if isinstance(body, bytes) else b""
        return 200, {"ETag": '"1"'}

    def _delete_object(self, given: Json) -> Answer:
        self.objects.pop((given["Bucket"], given["Key"]), None)
        return 204, {}

    def _list_objects(self, given: Json) -> Answer:
        found = [
            {"Key": key}
            for bucket, key in sorted(self.objects)
            if bucket == given["Bucket"] and key.startswith(given["Prefix"])
        ]
        return 200, {"Contents": found, "IsTruncated": False}

    def _get_item(self, given: Json) -> Answer:
        return 200, {}

    def _get_secret(self, given: Json) -> Answer:
        return 200, {"SecretString": self.secret}

    def _run_execution(self, given: Json) -> Answer:
        return 200, {"status": "SUCCEEDED", "output": json.dumps(self.execution_output)}


_ANSWERS: Mapping[str, Callable[[Account, Json], Answer]] = {
    "GetObject": Account._get_object,
    "HeadObject": Account._get_object,
    "PutObject": Account._put_object,
    "DeleteObject": Account._delete_object,
    "ListObjectsV2": Account._list_objects,
    "GetItem": Account._get_item,
    "GetSecretValue": Account._get_secret,
    "StartSyncExecution": Account._run_execution,
}


def role_policies(stack: Stack, arn: str) -> list[Json]:
    """The policy documents of the role with this ARN."""
    (role,) = (
        role
        for name, role in stack.of_type("AWS::IAM::Role").items()
        if re.fullmatch(rf".*/(.*-)?{name}", arn)
    )
    return [policy["PolicyDocument"] for policy in role["Policies"]]


@cache
def _loader() -> Loader:
    """The descriptions of AWS's APIs, read once."""
    return Loader(include_default_search_paths=True)
