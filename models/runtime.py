"""The ONNX runtime, quiet: its releases for Linux report their use to Microsoft unless told not to before they are loaded (lib/model/runtime.ts)."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime  # noqa: E402

__all__ = ["onnxruntime"]
