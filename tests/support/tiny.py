"""Real models of a few hundred parameters, made in a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "passage", ":"),
    *("bus", "stop", "where", "is", "school", "near"),
]


def save_bert(directory: Path, *, scores: int | None = None) -> Path:
    """Save a BERT and its tokenizer.

    Args:
        directory: Made where it is missing.
        scores: How many scores it gives for a pair of texts; None for a BERT without.

    Returns:
        The directory.
    """
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]"}
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=marks["unk_token"]))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if scores is not None:
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=32, **marks)  # type: ignore[no-untyped-call]  # untyped there
    fast.save_pretrained(directory)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=32,
    )
    if scores is None:
        BertModel(config).save_pretrained(directory)
    else:
        config.num_labels = scores
        config.initializer_range = 1.0  # so that scores differ
        BertForSequenceClassification(config).save_pretrained(directory)
    return directory


def save_sentence_transformer(directory: Path, bert: Path) -> Path:
    """Save a BERT as a sentence-transformers model with E5's prompts; gives the directory."""
    model = SentenceTransformer(
        modules=[Transformer(str(bert)), Pooling(8)],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    model.save(str(directory), create_model_card=False)
    return directory
