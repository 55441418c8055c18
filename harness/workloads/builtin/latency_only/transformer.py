"""BERT-base and ViT-L/16 with random weights, from the configurations of transformers: nothing is downloaded.

Imported only where torch and transformers are there.
"""

from harness.workloads.builtin.exporting import quiet_offline

quiet_offline()

import torch  # noqa: E402 - after the word that keeps transformers offline
from torch import nn  # noqa: E402 - likewise
from transformers import BertConfig, BertModel, ViTConfig, ViTForImageClassification  # noqa: E402 - likewise

SIDE = 224
TOKENS = 128
VOCABULARY = 30_522
_SEED = 1
_SPREAD = 0.02  # the initial deviation of the weights in both architectures


class _MeanOfTokens(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """The mean of what BERT says of each token: every token has to be computed to the last layer."""

    def __init__(self, bert: nn.Module) -> None:
        super().__init__()
        self.bert = bert

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Tokens [N, L] to features [N, 768]."""
        return self.bert(input_ids, attention_mask, token_type_ids, return_dict=False)[0].mean(dim=1)


class _Logits(nn.Module):  # type: ignore[misc]  # torch is read as untyped
    """The classifier's tensor in place of its dictionary."""

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Images [N, 3, 224, 224] to logits [N, 1000]."""
        return self.classifier(image, return_dict=False)[0]


def bert_base() -> nn.Module:
    """BERT-base in evaluation mode, the same at every call: Devlin et al., BERT, 2018, section 3."""
    config = BertConfig(vocab_size=VOCABULARY, attn_implementation="eager")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return _told_apart(_MeanOfTokens(BertModel(config, add_pooling_layer=False)))


def vit_l_16() -> nn.Module:
    """ViT-L/16 in evaluation mode, the same at every call: Dosovitskiy et al., An Image is Worth 16x16 Words, 2020."""
    config = ViTConfig(
        hidden_size=1024,
        num_hidden_layers=24,
        num_attention_heads=16,
        intermediate_size=4096,
        image_size=SIDE,
        patch_size=16,
        num_labels=1000,
        attn_implementation="eager",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        return _told_apart(_Logits(ViTForImageClassification(config)))


def _told_apart(network: nn.Module) -> nn.Module:
    """Move every bias and scale a little: initialised alike, the exporter would let all layers share one."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter), alpha=_SPREAD)
    return network.eval()
