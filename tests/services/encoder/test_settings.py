from __future__ import annotations

import pytest

from services.encoder.settings import EncoderSettings


def test_peers_are_networks():
    assert EncoderSettings(mllp_peers="10.1.0.0/16, 10.2.3.4").mllp_peers == ("10.1.0.0/16", "10.2.3.4/32")
    with pytest.raises(ValueError, match="mllp_peers"):
        EncoderSettings(mllp_peers="everybody")
