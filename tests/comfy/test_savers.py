"""What a workflow can make, by the classes of its nodes."""

import pytest

from spoonfeeder.comfy.savers import made_by

TOLD = {"OwnSaver": {"output_node": True}, "OwnFilter": {"output_node": False}}


@pytest.mark.parametrize(
    ("classes", "kinds"),
    [
        ("KSampler SaveImage", "image"),
        ("SaveVideo PreviewImage", "image video"),
        ("VAEDecodeAudio SaveAudioMP3", "audio"),
        ("SaveLatent PreviewAny", ""),
        ("OwnFilter SaveImage", "image"),
        ("OwnSaver SaveImage", "audio image video"),
        ("NobodyKnows", "audio image video"),
    ],
)
def test_it_makes_what_its_savers_save(classes: str, kinds: str) -> None:
    assert " ".join(sorted(made_by(classes.split(), TOLD))) == kinds
