"""PyTorch where it finds no CUDA: what scripts put on "cuda" is put on the CPU, as warp's arrays are.

Nothing of this is loaded until a script imports torch, and nothing is changed where torch has a GPU.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .after_import import call_after_import
from .carb.logging import log_warn

MOVERS = ("to", "cuda")  # methods of tensors that take a device by position


def install() -> None:
    """Let torch come under the rule, now if it has been imported, else when it is; does so once."""
    call_after_import("torch", cover)


def cover(torch: ModuleType) -> bool:
    """Let "cuda" mean "cpu" in a torch without CUDA; tells whether that was needed and not done before."""
    if not hasattr(torch, "cuda") or torch.cuda.is_available() or getattr(torch, "_cuda_is_cpu", None) is not None:
        return False
    torch._cuda_is_cpu = function_mode(torch)  # type: ignore[attr-defined]
    torch._cuda_is_cpu.__enter__()
    return True


def function_mode(torch: ModuleType) -> Any:
    """Return the mode in which each function of torch is called with "cpu" for "cuda"; the first time it says so."""
    from torch.overrides import TorchFunctionMode

    told: list[str] = []

    def on_host(value: Any) -> Any:
        named = value if isinstance(value, str) else value.type if isinstance(value, torch.device) else ""
        if named.partition(":")[0] != "cuda":
            return value
        if not told:
            told.append(named)
            log_warn("torch finds no CUDA here: what a script puts on 'cuda' is on the CPU")
        return torch.device("cpu")

    class CudaIsCpu(TorchFunctionMode):  # type: ignore[misc]
        """Calls every function with devices of the host."""

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            named = dict(kwargs or {})
            if "device" in named:
                named["device"] = on_host(named["device"])
            if getattr(func, "__name__", "") in MOVERS:
                args = tuple(on_host(value) for value in args)
                if func is torch.Tensor.cuda:
                    on_host("cuda")
                    return args[0]
            return func(*args, **named)

    return CudaIsCpu()
