"""The model files that the simulator pretends to have, by folder."""

from collections.abc import Mapping

DEMO_MODELS: Mapping[str, tuple[str, ...]] = {
    "checkpoints": (
        "dreamshaper_8.safetensors",
        "juggernautXL_v9.safetensors",
        "sd_xl_base_1.0.safetensors",
        "sd_xl_refiner_1.0.safetensors",
        "stable-audio-open-1.0.safetensors",
        "sd3.5_large_fp8_scaled.safetensors",
        "v1-5-pruned-emaonly.safetensors",
        "v1-5-pruned-emaonly-fp16.safetensors",
    ),
    "configs": ("v1-inference.yaml", "v2-inference.yaml", "v2-inference-v.yaml"),
    "loras": (
        "add_detail.safetensors",
        "detail_tweaker_xl.safetensors",
        "lcm-lora-sdv1-5.safetensors",
        "pixel-art-xl.safetensors",
        "watercolor_style.safetensors",
    ),
    "vae": (
        "ae.safetensors",
        "hunyuan_video_vae_bf16.safetensors",
        "sdxl_vae.safetensors",
        "vae-ft-mse-840000-ema-pruned.safetensors",
    ),
    "text_encoders": (
        "clip_g.safetensors",
        "clip_l.safetensors",
        "llava_llama3_fp8_scaled.safetensors",
        "t5-base.safetensors",
        "t5xxl_fp16.safetensors",
        "t5xxl_fp8_e4m3fn.safetensors",
        "t5_base.safetensors",
    ),
    "diffusion_models": (
        "flux1-dev.safetensors",
        "flux1-schnell.safetensors",
        "hunyuan_video_t2v_720p_bf16.safetensors",
        "sd3.5_medium.safetensors",
    ),
    "clip_vision": ("clip_vision_g.safetensors", "sigclip_vision_patch14_384.safetensors"),
    "style_models": ("flux1-redux-dev.safetensors",),
    "embeddings": ("EasyNegative.safetensors", "bad-hands-5.safetensors"),
    "controlnet": (
        "control_v11p_sd15_canny.safetensors",
        "control_v11f1p_sd15_depth.safetensors",
        "controlnet-canny-sdxl-1.0.safetensors",
    ),
    "gligen": ("gligen_sd14_textbox_pruned.safetensors",),
    "upscale_models": ("4x-UltraSharp.safetensors", "RealESRGAN_x4plus.safetensors"),
}

FOLDER_OF_INPUT: Mapping[str, str] = {
    "ckpt_name": "checkpoints",
    "config_name": "configs",
    "lora_name": "loras",
    "vae_name": "vae",
    "unet_name": "diffusion_models",
    "clip_name": "text_encoders",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "clip_name3": "text_encoders",
    "clip_name4": "text_encoders",
    "control_net_name": "controlnet",
    "style_model_name": "style_models",
    "gligen_name": "gligen",
    "model_name": "upscale_models",
}
"""Which folder an input lists; CLIPVisionLoader.clip_name and LatentUpscaleModelLoader differ, see `catalogue`."""
