"""What differs between the ComfyUI versions whose traffic was recorded (shared/comfyui/PROTOCOL.md §9)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Version:
    name: str
    system: dict[str, Any]
    features: dict[str, Any]
    model_folders: tuple[str, ...]
    has_jobs: bool
    requires_uuid: bool
    requires_object_graph: bool
    names_missing_node_type: bool
    reports_cycle_nodes: bool
    limits_progress_rate: bool
    stamps_create_time: bool
    previews_per_prompt: bool
    serves_scripts_as_download: bool
    confines_loaded_files: bool
    hides_secrets_in_queue: bool
    replaces_classes: bool


_OLD_FOLDERS = """
    checkpoints configs loras vae text_encoders diffusion_models clip_vision style_models embeddings diffusers
    vae_approx controlnet gligen upscale_models custom_nodes hypernetworks photomaker classifiers model_patches
    audio_encoders
"""
_NEW_FOLDERS = """
    checkpoints configs loras vae text_encoders diffusion_models clip_vision style_models embeddings diffusers
    vae_approx controlnet gligen upscale_models latent_upscale_models custom_nodes datasets hypernetworks photomaker
    classifiers model_patches audio_encoders background_removal frame_interpolation geometry_estimation optical_flow
    detection
"""

NEW = Version(
    name="0.33.0",
    system={
        "os": "linux",
        "comfyui_version": "0.33.0",
        "required_frontend_version": "1.49.6",
        "installed_templates_version": None,
        "required_templates_version": "0.11.44",
        "comfy_package_versions": [],
        "deploy_environment": "simulator",
    },
    features={
        "supports_preview_metadata": True,
        "supports_model_type_tags": True,
        "max_upload_size": 104857600,
        "extension": {"manager": {"supports_v4": True}},
        "node_replacements": True,
        "assets": False,
    },
    model_folders=tuple(_NEW_FOLDERS.split()),
    has_jobs=True,
    requires_uuid=True,
    requires_object_graph=True,
    names_missing_node_type=True,
    reports_cycle_nodes=True,
    limits_progress_rate=True,
    stamps_create_time=True,
    previews_per_prompt=True,
    serves_scripts_as_download=True,
    confines_loaded_files=True,
    hides_secrets_in_queue=True,
    replaces_classes=True,
)

OLD = Version(
    name="0.3.64",
    system={
        "os": "posix",
        "comfyui_version": "0.3.64",
        "required_frontend_version": "1.27.10",
        "installed_templates_version": "0.1.95",
        "required_templates_version": "0.1.95",
    },
    features={"supports_preview_metadata": True, "max_upload_size": 104857600},
    model_folders=tuple(_OLD_FOLDERS.split()),
    has_jobs=False,
    requires_uuid=False,
    requires_object_graph=False,
    names_missing_node_type=False,
    reports_cycle_nodes=False,
    limits_progress_rate=False,
    stamps_create_time=False,
    previews_per_prompt=False,
    serves_scripts_as_download=False,
    confines_loaded_files=False,
    hides_secrets_in_queue=False,
    replaces_classes=False,
)

VERSIONS = {version.name: version for version in (NEW, OLD)}
