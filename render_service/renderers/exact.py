"""The mode in which the same recipe gives the same pixels, as far as PyTorch can promise it: slower, and never used for work."""

import os

import torch


def be_exact() -> None:
    """Choose deterministic algorithms for the rest of this process; before anything was computed on a GPU.

    Source: https://docs.pytorch.org/docs/stable/notes/randomness.html. Where PyTorch has no deterministic algorithm it warns and
    goes on: the pixels tell.
    """
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
