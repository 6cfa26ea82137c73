"""The cross-encoder: reads question and text together and says how well the text answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qa.models import locate
from qa.onnxmodel import OnnxModel
from qa.pins import PinnedModel


class CrossEncoder:
    """A BERT with one output, trained on MS MARCO (Nogueira and Cho 2019, "Passage Re-ranking with BERT").

    Its logit passes 0 about where a passage is more likely relevant than not.
    """

    MAX_TOKENS = 512

    def __init__(self, model: PinnedModel, models: Path, threads: int = 0, *, gives_way: bool = False) -> None:
        """Load the model from its folder; raises ModelMissingError or ModelDamagedError."""
        self.name = model.name
        self._model = OnnxModel(locate(model, models), self.MAX_TOKENS, threads, gives_way=gives_way)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit for each text, in order; a text's logit does not depend on its neighbours."""
        if not texts:
            return []
        return self._model.run([(question, text) for text in texts], lambda logits: float(logits[0, 0]))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is, all of it, with the markers around it."""
        return self._model.count_tokens(texts)
