"""Models by name from the Hugging Face hub: the one place that contacts it, and only when told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qa.config import DEFAULT_ENCODER
from qa.errors import ModelFetchError, ModelMissingError


def local_folder(name: str) -> Path:
    """Return the folder of a model by its path, or by its hub name among what was fetched before.

    Contacts nothing. Raises ModelMissingError with the command that brings the model.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except HFValidationError:
        raise ModelMissingError(
            name,
            f"The encoder {name!r} is no folder on this machine, and no name of a model; put the folder back, or build "
            f"the index with another encoder: `qa build --encoder {DEFAULT_ENCODER}`.",
        ) from None
    except LocalEntryNotFoundError:
        raise ModelMissingError(
            name,
            f"The encoder {name!r} is neither a pinned model, nor a folder, nor a model on this machine; "
            f"`qa models fetch {name}` brings one from the Hugging Face hub.",
        ) from None


def fetch_from_hub(name: str, say: Callable[[str], None]) -> None:
    """Bring a sentence-transformers model into the hub's own cache; raises ModelFetchError."""
    say(f"Fetching {name} from the Hugging Face hub")
    from huggingface_hub import HfApi
    from sentence_transformers import SentenceTransformer

    try:
        HfApi().model_info(name, timeout=10)  # says at once what the download would retry for a minute
        SentenceTransformer(name, device="cpu")
    except Exception as error:  # a hub client raises what its HTTP library raises
        raise ModelFetchError(
            name, f"The Hugging Face hub did not deliver {name!r}; check the name and the network."
        ) from error
