"""Where the mathematics is tested, and not what a processor makes of a softmax."""

import pytest
import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class Double(TorchFunctionMode):
    """A softmax of doubles that asks for single precision is computed in double precision."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        if func is functional.softmax and args[0].dtype == torch.float64 and "dtype" in kwargs:
            kwargs["dtype"] = torch.float64
        return func(*args, **kwargs)


@pytest.fixture
def attention_in_double_precision():
    """Most models compute the softmax of their attention in single precision, whatever their own.

    Its last bits depend on the processor and on the length of the row, and would be a million times what
    rounding in double precision leaves to be seen.
    """
    with Double():
        yield
