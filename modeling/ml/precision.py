"""What this machine computes with."""

from modeling.ml.errors import PrecisionUnavailableError


def device() -> str:
    """Return `cuda` where torch finds a GPU, else `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def check_bfloat16() -> None:
    """Raise `PrecisionUnavailableError` where bfloat16 would be imitated, slower than float32."""
    import torch

    if device() == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    if not native:
        raise PrecisionUnavailableError(
            "This machine has no bfloat16 arithmetic.", "Ask for the run with precision float32."
        )
