"""The sentence encoder with its pooling and head as one torch module. Imported only where torch is there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from harness.workloads.builtin.exporting import quiet_offline

quiet_offline()

import numpy as np  # noqa: E402 - after the word that keeps transformers offline
import torch  # noqa: E402 - likewise
from numpy.typing import NDArray  # noqa: E402 - likewise
from tokenizers import Tokenizer  # noqa: E402 - likewise
from torch import nn  # noqa: E402 - likewise
from transformers import BertModel  # noqa: E402 - likewise

FEATURES = 384
_BATCH = 16


class TextClassifier(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """Tokens [N, L] with their mask to logits [N, classes]: mean of the tokens, unit length, linear head."""

    def __init__(self, encoder: nn.Module, classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(FEATURES, classes)

    def embed(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Sentence embeddings [N, 384] of unit length."""
        tokens = self.encoder(input_ids, attention_mask, return_dict=False)[0]
        mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
        mean = (tokens * mask).sum(dim=1) / mask.sum(dim=1)
        return nn.functional.normalize(mean, dim=1)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Logits [N, classes]."""
        return self.head(self.embed(input_ids, attention_mask))


def load(folder: Path, classes: int) -> TextClassifier:
    """The encoder with its published weights, in evaluation mode; the head is not fitted yet."""
    torch.set_num_threads(1)  # one thread adds up in one order
    encoder = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False)
    network = TextClassifier(encoder, classes)
    network.eval()
    return network


def features_of(
    network: TextClassifier,
    texts: Sequence[str],
    tokenizer_file: Path,
    *,
    max_length: int,
    report: Callable[[str], None],
) -> NDArray[np.float64]:
    """Embeddings [N, 384], in the order of the texts; those of like length are computed together."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(max_length)
    tokenizer.enable_padding()
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found = np.empty((len(texts), FEATURES))
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            encoded = tokenizer.encode_batch([texts[place] for place in places])
            ids = torch.tensor([one.ids for one in encoded])
            mask = torch.tensor([one.attention_mask for one in encoded])
            found[places] = network.embed(ids, mask).numpy()
            if start % (_BATCH * 64) == 0:
                report(f"embedded {start:,} of {len(texts):,} texts")
    return found


def set_head(network: TextClassifier, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
    """Put a fitted head in."""
    parts = {"weight": weights, "bias": bias}
    network.head.load_state_dict({name: torch.from_numpy(part.astype(np.float32)) for name, part in parts.items()})
