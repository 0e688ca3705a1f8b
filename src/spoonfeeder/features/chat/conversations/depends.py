"""The answers that this process writes, as routes get them."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from spoonfeeder.features.chat.conversations.writing import Answers


async def the_answers(connection: HTTPConnection) -> Answers:
    answers: Answers = connection.app.state.answers
    return answers


AnswersDep = Annotated[Answers, Depends(the_answers)]
