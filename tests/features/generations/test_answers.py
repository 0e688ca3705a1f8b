"""Answers that are built from rows carry exactly what their schemas document, in every state of a generation."""

from typing import Any

import pytest
from pydantic import BaseModel

from spoonfeeder.features.generations.library_router import FoundPage
from spoonfeeder.features.generations.schemas import (
    ActiveGeneration,
    GenerationDetail,
    GenerationOut,
    GenerationOutput,
    GenerationPage,
    GenerationWorkflow,
    NodeFault,
)
from spoonfeeder.features.generations.session_router import SessionWithGenerations
from tests.fixtures.application import Application
from tests.fixtures.workflows import workflow


def assert_exactly(model: type[BaseModel], answer: dict[str, Any]) -> None:
    assert answer.keys() == model.model_fields.keys()
    model.model_validate_json(model.model_validate(answer).model_dump_json(), strict=True)


async def test_a_completed_generation_everywhere_it_is_shown(application: Application) -> None:
    session_id = await application.session(workflow("txt2img_sd15"))
    made = await application.generate(session_id, parameters={"seed": 2**64 - 1})
    assert_exactly(GenerationOut, made)

    row = await application.ended(made["id"])
    assert_exactly(GenerationDetail, row)
    for output in row["outputs"]:
        assert output.keys() <= GenerationOutput.model_fields.keys()
    session = await application.json("GET", f"/comfyui/sessions/{session_id}")
    assert_exactly(SessionWithGenerations, session)
    assert_exactly(GenerationOut, session["generations"][0])
    its_workflow = f"/comfyui/workflows/{row['workflow_id']}/generations"
    for path, page in ((its_workflow, GenerationPage), ("/comfyui/generations", FoundPage)):
        listed = (await application.http.get(f"/api{path}")).json()
        assert_exactly(page, listed)
        assert_exactly(GenerationOut, listed["data"][0])
    assert_exactly(GenerationWorkflow, await application.json("GET", f"/comfyui/generations/{made['id']}/workflow"))
    assert_exactly(GenerationOut, await application.json("POST", f"/comfyui/generations/{made['id']}/rerun", 201))
    assert_exactly(GenerationOut, await application.json("DELETE", f"/comfyui/generations/{made['id']}"))
    assert_exactly(GenerationOut, await application.json("POST", f"/comfyui/generations/{made['id']}/restore"))


async def test_a_text_is_shown_as_it_is_documented(application: Application) -> None:
    session_id = await application.session()
    graph = {"1": {"class_type": "ProbeText", "inputs": {"text": "hello", "nonce": 1}}}
    made = await application.generate(session_id, workflow_json=graph)
    [output] = (await application.ended(made["id"]))["outputs"]
    assert output.keys() <= GenerationOutput.model_fields.keys()
    assert output["text"] == "hello"


@pytest.mark.parametrize("how", ["cancelled", "failed"])
async def test_a_generation_that_went_wrong(application: Application, how: str) -> None:
    graph = workflow("txt2img_sd15")
    wrong = {
        "cancelled": {"class_type": "ProbeSleep", "inputs": {"seconds": 3600, "interruptible": True, "nonce": 1}},
        "failed": {"class_type": "ProbeRaise", "inputs": {"kind": "value_error", "nonce": 1}},
    }
    graph["90"] = wrong[how]
    session_id = await application.session(graph)
    made = await application.generate(session_id)
    if how == "cancelled":
        await application.json("POST", f"/comfyui/generations/{made['id']}/cancel")
    row = await application.ended(made["id"])

    assert row["status"] == how
    assert_exactly(GenerationDetail, row)
    for fault in (row["error_details"] or {"nodes": []})["nodes"]:
        assert fault.keys() <= NodeFault.model_fields.keys()


async def test_a_generation_that_was_refused(application: Application) -> None:
    graph = workflow("invalid_unknown_checkpoint")
    row = await application.ended((await application.generate(await application.session(graph)))["id"])

    assert_exactly(GenerationDetail, row)
    [fault] = row["error_details"]["nodes"]
    assert fault.keys() <= NodeFault.model_fields.keys()
    assert (fault["node_id"], fault["input"]) == ("4", "ckpt_name")
    assert fault["choices"]


async def test_what_waits_is_listed_as_active(api: Application) -> None:
    session_id = await api.session(workflow("txt2img_sd15"))
    await api.generate(session_id, prompt_text="fog " * 100)

    [item] = await api.json("GET", "/active")
    assert_exactly(ActiveGeneration, item)
    assert item["prompt_text"] == "fog " * 50
