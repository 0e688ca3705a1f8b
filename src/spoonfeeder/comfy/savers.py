"""What comes out of a workflow, by the classes of its nodes."""

from collections.abc import Iterable
from typing import Any

from spoonfeeder.comfy.builtin import core_nodes
from spoonfeeder.comfy.objects import ObjectInfo
from spoonfeeder.core.vocabulary import Modality

ANYTHING = frozenset({Modality.IMAGE, Modality.AUDIO, Modality.VIDEO})
BY_KIND = {
    frozenset[Modality](): "SaveLatent CheckpointSave CLIPSave VAESave ModelSave LoraSave SaveLoRA SaveText PreviewAny"
    " ImageOnlyCheckpointSave SaveGLB Save3DAdvanced SaveGaussianSplat SavePointCloud Preview3D Preview3DAdvanced",
    frozenset({Modality.IMAGE}): "SaveImage SaveImageAdvanced SaveImageWebsocket SaveAnimatedPNG PreviewImage"
    " MaskPreview ImageCompare",
    frozenset({Modality.AUDIO}): "SaveAudio SaveAudioMP3 SaveAudioOpus SaveAudioAdvanced PreviewAudio",
    frozenset({Modality.VIDEO}): "SaveVideo SaveWEBM",
    frozenset({Modality.IMAGE, Modality.VIDEO}): "SaveAnimatedWEBP VHS_VideoCombine",
}
SAVERS = {name: kinds for kinds, names in BY_KIND.items() for name in names.split()}


def made_by(classes: Iterable[str], object_info: ObjectInfo | None = None) -> frozenset[Modality]:
    """The kinds of files that nodes of these classes can save; one of whom nobody knows that may save anything."""
    return frozenset[Modality]().union(*(_made_by(each, object_info or {}) for each in set(classes)))


def _made_by(class_type: str, object_info: ObjectInfo) -> frozenset[Modality]:
    if class_type in SAVERS:
        return SAVERS[class_type]
    told: Any = object_info.get(class_type) or core_nodes().get(class_type)
    is_known = isinstance(told, dict) and "output_node" in told
    return frozenset() if is_known and not told["output_node"] else ANYTHING
