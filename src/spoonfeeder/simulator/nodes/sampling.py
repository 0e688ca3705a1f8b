"""Samplers: steps with progress and previews, and a latent whose digest the picture is drawn from."""

from dataclasses import replace
from typing import Any

from spoonfeeder.simulator import drawing
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.latents import picture_of
from spoonfeeder.simulator.nodes.passing import words
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node
from spoonfeeder.simulator.values import Latent, Token


@node("KSampler")
def ksampler(run: NodeRun, inputs: Inputs) -> Result:
    strength = inputs["denoise"]
    latent = _sample(run, inputs["latent_image"], words([inputs["positive"]]), inputs["steps"], strength)
    return Result((latent,))


@node("KSamplerAdvanced")
def ksampler_advanced(run: NodeRun, inputs: Inputs) -> Result:
    first = min(inputs["start_at_step"], inputs["steps"])
    steps = max(1, min(inputs["end_at_step"], inputs["steps"]) - first)
    strength = steps / inputs["steps"]
    return Result((_sample(run, inputs["latent_image"], words([inputs["positive"]]), steps, strength),))


@node("SamplerCustom")
def sampler_custom(run: NodeRun, inputs: Inputs) -> Result:
    latent = _sample(run, inputs["latent_image"], words([inputs["positive"]]), _steps(inputs["sigmas"]), 1.0)
    return Result((latent, latent))


@node("SamplerCustomAdvanced")
def sampler_custom_advanced(run: NodeRun, inputs: Inputs) -> Result:
    latent = _sample(run, inputs["latent_image"], words([inputs["guider"]]), _steps(inputs["sigmas"]), 1.0)
    return Result((latent, latent))


@node(
    "BasicScheduler",
    "KarrasScheduler",
    "ExponentialScheduler",
    "PolyexponentialScheduler",
    "LaplaceScheduler",
    "SDTurboScheduler",
    "VPScheduler",
    "BetaSamplingScheduler",
    "AlignYourStepsScheduler",
    "Flux2Scheduler",
    "LTXVScheduler",
)
def scheduler(run: NodeRun, inputs: Inputs) -> Result:
    steps = max(1, round(inputs["steps"] * min(1.0, float(inputs.get("denoise", 1.0)))))
    return Result((Token("SIGMAS", run.digest, str(steps)),))


@node("CFGGuider", "BasicGuider", "DualCFGGuider", "PerpNegGuider")
def guider(run: NodeRun, inputs: Inputs) -> Result:
    prompts: list[Any] = [inputs.get(name) for name in ("positive", "conditioning", "cond1", "cond2")]
    return Result((Token("GUIDER", run.digest, words(prompts)),))


def _steps(sigmas: Token) -> int:
    return int(sigmas.text) if sigmas.text.isdecimal() else 20


def _sample(run: NodeRun, latent: Latent, text: str, steps: int, strength: float) -> Latent:
    sampled = replace(latent, digest=run.digest, text=text, strength=strength)
    run.note_sampling(run.class_type)
    target = None
    if run.wants_previews():
        scale = min(1.0, drawing.PREVIEW_SIDE / max(latent.width, latent.height))
        target = picture_of(
            replace(sampled, width=max(8, round(latent.width * scale)), height=max(8, round(latent.height * scale))), 0
        )
    for step in range(1, steps + 1):
        run.pause(run.around.options.step_seconds)
        picture = drawing.preview(target, step / steps, run.digest) if target else None
        run.step(step, steps, picture)
    return sampled
