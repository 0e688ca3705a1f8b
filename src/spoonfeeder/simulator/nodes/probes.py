"""Measuring nodes with known behaviour: sleep, count, raise, speak, expand."""

import math
import time

from spoonfeeder.simulator.failures import OutOfMemoryError
from spoonfeeder.simulator.node_run import NodeRun
from spoonfeeder.simulator.nodes.pictures import empty
from spoonfeeder.simulator.nodes.registry import Inputs, Result, node


@node("ProbeSleep")
def sleep(run: NodeRun, inputs: Inputs) -> Result:
    run.pause(inputs["seconds"], interruptible=inputs["interruptible"])
    return Result((inputs.get("after"),), {"text": [f"slept {inputs['seconds']}"]})


@node("ProbeProgress")
def progress(run: NodeRun, inputs: Inputs) -> Result:
    sent = []
    for step in range(1, inputs["n"] + 1):
        if inputs["busy"]:
            until = time.monotonic() + inputs["interval_ms"] / 1000
            while time.monotonic() < until:
                pass
        else:
            run.pause(inputs["interval_ms"] / 1000)
        sent.append(time.time())
        run.step(step, inputs["n"])
    return Result((), {"sent": sent})


@node("ProbeRaise")
def fail(run: NodeRun, inputs: Inputs) -> Result:
    if inputs["kind"] == "oom":
        raise OutOfMemoryError("CUDA out of memory (raised on purpose)")
    if inputs["kind"] == "unicode":
        raise ValueError("übel \0 \U0001f600 nul byte")
    if inputs["kind"] == "nan_ui":
        (picture,) = empty(run, {"width": 8, "height": 8, "batch_size": 1, "color": 0}).outputs
        return Result((picture,), {"score": [math.nan, math.inf], "text": ["a\0b"]})
    raise ValueError("raised on purpose")


@node("ProbeText")
def speak(run: NodeRun, inputs: Inputs) -> Result:
    run.say(inputs["text"])
    return Result((), {"text": [inputs["text"]]})


@node("ProbeExpand")
def expand(run: NodeRun, inputs: Inputs) -> Result:
    """`count` pairs of an EmptyImage and a PreviewImage; the output is the last picture."""
    nodes = {}
    last = ""
    for index in range(inputs["count"]):
        last, shown = (f"{run.ids.node_id}.0.0.{2 * index + place}" for place in (1, 2))
        size = {"width": 16, "height": 16, "batch_size": 1, "color": index * 40}
        nodes[last] = {"class_type": "EmptyImage", "inputs": size}
        nodes[shown] = {"class_type": "PreviewImage", "inputs": {"images": [last, 0]}}
    return Result(([last, 0],), None, nodes)
