"""What every test of a page takes for granted."""

import pytest

from attribution.ui import explain


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """What is measured unasked where it is quick is so on the slowest machine."""
    monkeypatch.setattr(explain, "QUICK", 1e6)
