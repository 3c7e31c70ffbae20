"""Builds the template and deploys it to the emulator with the tools that deploy to AWS."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from samtranslator.yaml_helper import yaml_parse

from llm_router.adapters.policy_files import packaged_policy_text

from . import processes
from .emulator_template import adapted
from .services import REGION, aws_environment
from .settings import LOOPBACK, ROOT, LocalStackError, StackSettings

BUCKET = "llm-router-local"
POLICY_KEY = "policy.toml"
LOCAL_PROVIDERS = ("local-openai", "local-anthropic", "unplugged")
_BUILT_FROM = ("template.yaml", "functions", "layers", "statemachine")
_DEFAULT_MODEL_PORT = 8399


class Deployment:
    """One deployment of the template to one emulator."""

    def __init__(self, settings: StackSettings) -> None:
        self._settings = settings
        self._build_dir = settings.state_dir / "build"

    def client(self, service: str) -> Any:
        """A boto3 client for the emulator."""
        session: Any = boto3.Session(
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106
        )
        return session.client(
            service,
            endpoint_url=self._settings.emulator_url,
            config=Config(s3={"addressing_style": "path"}, inject_host_prefix=False),
        )

    def fingerprint(self) -> str:
        """A digest that changes with everything that is built or deployed."""
        local = f"{self._settings.emulator_url} {self._settings.alarm_period_seconds}"
        return _digest(self._sources(), repr(self._parameters()), local, self._policy_text())

    def build(self) -> None:
        """Run `sam build`, unless the current source is already built."""
        stamp = self._build_dir / ".built-from"
        source = _digest(self._sources(), self._settings.python_runtime)
        if stamp.exists() and stamp.read_text() == source:
            return
        command = ["build", "--template", str(ROOT / "template.yaml")]
        command += ["--build-dir", str(self._build_dir)]
        # A cache of this stack's own: a build of another one would empty a shared cache.
        command += ["--cache-dir", str(self._settings.state_dir / "cache")]
        self._sam("sam build", [*command, "--parameter-overrides", *self.build_parameters()])
        stamp.write_text(source)

    def deploy(self) -> dict[str, str]:
        """Upload the policy, run `sam deploy`, set provider keys; return the stack's outputs."""
        s3 = self.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key=POLICY_KEY, Body=self._policy_text().encode())
        self._write_emulator_template()
        command = ["deploy", "--template", str(self.emulator_template)]
        command += ["--stack-name", self._settings.stack_name, "--s3-bucket", BUCKET]
        command += ["--no-confirm-changeset"]
        command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
        command += ["--no-fail-on-empty-changeset", "--no-progressbar", "--region", REGION]
        overrides = [f"{name}={value}" for name, value in self._parameters().items()]
        self._sam("sam deploy", [*command, "--parameter-overrides", *overrides])
        outputs = self.outputs()
        self.client("secretsmanager").put_secret_value(
            SecretId=outputs["ProviderKeysSecretArn"],
            SecretString=json.dumps(self._provider_keys()),
        )
        self._put_gateway_responses(outputs["ApiId"])
        return outputs

    def outputs(self) -> dict[str, str]:
        """The stack's outputs, by name."""
        (stack,) = self.client("cloudformation").describe_stacks(
            StackName=self._settings.stack_name
        )["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    @property
    def built_template(self) -> Path:
        """The template that `sam build` made."""
        return self._build_dir / "template.yaml"

    @property
    def emulator_template(self) -> Path:
        """The template adapted to the emulator, beside the built one as its paths are relative."""
        return self._build_dir / f"{self._settings.stack_name}.json"

    @property
    def uses_vendors(self) -> bool:
        """True if real providers answer."""
        return bool(self._settings.vendor_keys)

    def _parameters(self) -> dict[str, str]:
        providers = ",".join(self._provider_keys())
        return {
            "EnabledProviders": providers,
            "PolicyOverride": "" if self.uses_vendors else f"s3://{BUCKET}/{POLICY_KEY}",
            "ShadowChecks": "on",
            "Architecture": self._settings.architecture,
            "PythonRuntime": self._settings.python_runtime,
            **self._settings.parameters,
        }

    def build_parameters(self) -> list[str]:
        """The parameters that change what is built."""
        return [
            f"Architecture={self._settings.architecture}",
            f"PythonRuntime={self._settings.python_runtime}",
        ]

    def _provider_keys(self) -> dict[str, str]:
        keys = self._settings.provider_keys or self._settings.vendor_keys
        return keys or dict.fromkeys(LOCAL_PROVIDERS, "local")

    def _policy_text(self) -> str:
        if self._settings.policy_text is not None:
            return self._settings.policy_text
        default = f"{LOOPBACK}:{_DEFAULT_MODEL_PORT}"
        chosen = f"{LOOPBACK}:{self._settings.ports['model']}"
        return packaged_policy_text("local").replace(default, chosen)

    def _write_emulator_template(self) -> None:
        template = self.emulated(yaml_parse(self.built_template.read_text()))
        self.emulator_template.write_text(json.dumps(template, indent=2))

    def emulated(self, template: dict[str, Any]) -> dict[str, Any]:
        """The template as the emulator gets it."""
        seconds = self._settings.alarm_period_seconds
        return adapted(template, self._settings.emulator_url, seconds)

    def _put_gateway_responses(self, api_id: str) -> None:
        """Set the gateway responses that the emulator ignores in the template; redeploy the API."""
        template = json.loads(self.emulator_template.read_text())
        responses = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
        gateway = self.client("apigateway")
        for response_type, response in responses.items():
            headers = response.get("ResponseParameters", {}).get("Headers", {})
            gateway.put_gateway_response(
                restApiId=api_id,
                responseType=response_type,
                **({"statusCode": response["StatusCode"]} if "StatusCode" in response else {}),
                responseTemplates=response["ResponseTemplates"],
                responseParameters={
                    f"gatewayresponse.header.{name}": value for name, value in headers.items()
                },
            )
        gateway.create_deployment(restApiId=api_id, stageName="live")

    def _sam(self, name: str, arguments: list[str]) -> None:
        log = self._settings.logs_dir / f"{name.replace(' ', '-')}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = sam_environment(self._settings)
        sam = shutil.which("sam", path=environment["PATH"])
        if sam is None:
            raise LocalStackError("The command sam (AWS SAM CLI) is missing: run `make install`.")
        with log.open("wb") as output:
            done = subprocess.run(
                [sam, *arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise LocalStackError(f"{name} failed; see {log}:\n{processes.tail(log)}")

    def _sources(self) -> str:
        files = sorted(
            file
            for name in _BUILT_FROM
            for file in ([ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*"))
            if file.is_file() and "__pycache__" not in file.parts
        )
        return _digest(*(f"{f.relative_to(ROOT)}:{_digest(f.read_bytes().hex())}" for f in files))


def sam_environment(settings: StackSettings) -> dict[str, str]:
    """The environment of SAM's commands; builds find this process's Python first on the PATH."""
    environment = aws_environment(settings)
    here = [str(Path(sys.executable).parent), str(Path(sys.base_prefix) / "bin")]
    return {**environment, "PATH": ":".join([*here, environment["PATH"]])}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
