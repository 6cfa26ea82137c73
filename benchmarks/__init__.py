"""Measurements, each a command: `python -m benchmarks.NAME`. None of them is part of the tests."""

import os

# As in `qa.onnxmodel.runner`, for peers that load the library by themselves.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
