"""Once the models are here, nothing reaches for a network: the guard raises if anything does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def cut_off(tmp_path: Path) -> dict[str, str]:
    """An environment in which Python cannot reach anything but loopback."""
    guard = ROOT / "tests" / "offline"
    return {
        **{
            name: value
            for name, value in os.environ.items()
            # A proxy on this machine would be a way out.
            if not name.startswith(("HF_", "COV_CORE", "COVERAGE")) and not name.lower().endswith("_proxy")
        },
        "PYTHONPATH": f"{guard}{os.pathsep}{ROOT}",
        "QA_INDEXES": str(tmp_path / "indexes"),
    }


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, env=environ, timeout=600, check=False
    )


def test_the_guard_guards(cut_off: dict[str, str]) -> None:
    code = "import urllib.request as u; u.urlopen('http://192.0.2.1/', timeout=2)"
    assert "network is cut off" in run(cut_off, "-c", code).stderr
    code = "import socket; socket.getaddrinfo('example.org', 80)"
    assert "network is cut off" in run(cut_off, "-c", code).stderr


@pytest.mark.parametrize("encoder", ["snowflake-arctic-embed-s", "all-MiniLM-L6-v2"])
def test_build_and_ask(cut_off: dict[str, str], encoder: str) -> None:
    environ = {**cut_off, "QA_ENCODER": encoder}
    built = run(environ, "-m", "qa", "build", "seeds")
    assert built.returncode == 0, built.stderr
    asked = run(environ, "-m", "qa", "ask", "--json", "Where was the missile launched from?")
    assert asked.returncode == 0, asked.stderr
    assert "Sinpo" in json.loads(asked.stdout)["answer"]
    assert "cut off" not in built.stderr + asked.stderr


def test_what_answers_leaves_nothing_in_the_home(cut_off: dict[str, str], tmp_path: Path, models_dir: Path) -> None:
    """ONNX Runtime keeps there the number of the device and the events that it sends, which no guard of Python sees."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in cut_off.items() if not name.startswith("XDG_")}
    environ = {**kept, "HOME": str(home), "QA_MODELS": str(models_dir), "ORT_DISABLE_TELEMETRY": "0"}
    assert run(environ, "-m", "qa", "build", "seeds").returncode == 0
    assert run(environ, "-m", "qa", "ask", "Where was the missile launched from?").returncode == 0
    assert list(home.rglob("*")) == []


def test_serve(cut_off: dict[str, str]) -> None:
    assert run(cut_off, "-m", "qa", "build", "seeds").returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "serve", "--port", "0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=cut_off,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        address = process.stderr.readline().split()[1]
        with urllib.request.urlopen(address, timeout=120) as response:
            assert "<form" in response.read().decode()
        request = urllib.request.Request(
            f"{address}/ask",
            data=json.dumps({"question": "Who condemned the missile launch?"}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            assert "I strongly condemn the action" in json.load(response)["answer"]
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=120)
    assert "cut off" not in errors


def test_an_unknown_encoder_is_refused_without_asking_the_hub(cut_off: dict[str, str]) -> None:
    done = run({**cut_off, "QA_ENCODER": "nobody/nothing"}, "-m", "qa", "build", "seeds")
    assert done.returncode == 1
    assert "`qa models fetch nobody/nothing`" in done.stderr
    assert "cut off" not in done.stderr


def test_a_fetch_that_finds_no_network_says_so(cut_off: dict[str, str], tmp_path: Path) -> None:
    environ = {**cut_off, "QA_MODELS": str(tmp_path / "models"), "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    done = run({**environ, "PIP_CONFIG_FILE": os.devnull}, "-m", "qa", "models", "fetch")
    assert done.returncode == 1
    assert "Check the network, then `qa models fetch snowflake-arctic-embed-s`" in done.stderr
    assert "Traceback" not in done.stderr
    done = run({**environ, "HF_HOME": str(tmp_path / "hub")}, "-m", "qa", "models", "fetch", "nobody/nothing")
    assert done.returncode == 1
    assert "The Hugging Face hub did not deliver 'nobody/nothing'" in done.stderr
