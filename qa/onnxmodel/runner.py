"""Texts through a model: one at a time, each on one thread, several threads side by side.

Two reasons. The int8 models quantise activations over a whole batch, so in a batch a text's result depends
on its neighbours and on the padding; alone it does not, and an incremental build equals a fresh one. And it is
the fastest way: nothing is padded, no core waits for another, and what a layer hands to the next one stays in
the core's own cache (`docs/performance.md`).
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelDamagedError
from qa.onnxmodel.bert import bert

Text = str | tuple[str, str]

_SLICE = 512
_NICENESS = 5


class OnnxModel:
    """One session and one tokenizer; safe to use from several threads at once."""

    def __init__(self, folder: Path, max_tokens: int, threads: int = 0, *, gives_way: bool = False) -> None:
        """Load `model.onnx` and `tokenizer.json` from `folder`; `threads` 0 means one for each core.

        With `gives_way` they yield to the process's other threads, where the system can tell threads apart. Raises
        ModelDamagedError when `model.onnx` is not the BERT it should be.
        """
        from tokenizers import Tokenizer

        self._session = _session(folder / "model.onnx")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        self._around = self._tokenizer.num_special_tokens_to_add(is_pair=False)
        self._pool = ThreadPoolExecutor(
            threads or os.cpu_count() or 1, thread_name_prefix="onnx", initializer=_give_way if gives_way else None
        )

    def run(
        self,
        texts: Sequence[Text],
        pick: Callable[[NDArray[np.float32]], Any],
        on_done: Callable[[int], None] | None = None,
    ) -> list[Any]:
        """Return `pick(output)` for each text or pair, in order; the output has shape (1, width).

        `on_done` is told of finished texts from this thread, as they finish in length order.
        """
        if len(texts) > _SLICE:  # so that memory stays bounded and the time left is told rightly
            slices = (texts[start : start + _SLICE] for start in range(0, len(texts), _SLICE))
            return [result for part in slices for result in self.run(part, pick, on_done)]
        encodings = self._tokenizer.encode_batch(list(texts))
        # Longest first, so that no thread is left alone with a long text at the end.
        order = sorted(range(len(encodings)), key=lambda i: -len(encodings[i].ids))
        results: list[Any] = [None] * len(encodings)
        for index, result in zip(order, self._each([encodings[i] for i in order], pick), strict=True):
            results[index] = result
            if on_done is not None:
                on_done(1)
        return results

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is, all of it, with the markers that the model reads around it."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [
            self._around + sum(len(part.ids) for part in (encoding, *encoding.overflowing)) for encoding in encodings
        ]

    def _each(self, encodings: Sequence[Any], pick: Callable[[NDArray[np.float32]], Any]) -> Iterator[Any]:
        if len(encodings) == 1:  # a question: not worth a hand-over to another thread
            return iter([pick(self._infer(encodings[0]))])
        return self._pool.map(lambda encoding: pick(self._infer(encoding)), encodings)

    def _infer(self, encoding: Any) -> NDArray[np.float32]:
        feed = {
            "input_ids": np.array(encoding.ids, dtype=np.int64),
            "token_type_ids": np.array(encoding.type_ids, dtype=np.int64),
        }
        output: NDArray[np.float32] = self._session.run(None, feed)[0]
        return output


def _give_way() -> None:
    """Lower the priority of this thread alone. A server's loop then gets a core at once when it has a request."""
    if sys.platform == "linux":  # elsewhere, the priority is that of the whole process
        thread = threading.get_native_id()
        with suppress(OSError):  # a system that forbids it is none the worse
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS)


def _session(path: Path) -> Any:
    """Return a session of one thread on the graph that `bert` writes over the weights in `path`."""
    # The library's own builds send what they do to Microsoft, and keep the number of the device for it, unless this is
    # set before they are loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(path.parent))
    try:
        model = bert(path)
    except ValueError as error:
        raise ModelDamagedError(
            path.parent.name, f"{path} cannot be used: {error}. `qa models fetch` replaces it."
        ) from error
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
