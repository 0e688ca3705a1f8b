"""Events as the product makes them."""

from uuid import UUID, uuid4

from spoonfeeder.realtime.events import GenerationCompleted, GenerationProgress

WORKSPACE = UUID(int=1)


def progress(
    subject: UUID | None = None, *, n: int = 1, percent: int = 10, session_id: UUID | None = None
) -> GenerationProgress:
    return GenerationProgress(
        workspace_id=WORKSPACE,
        id=subject or uuid4(),
        session_id=session_id,
        version=2,
        n=n,
        progress=percent,
        current_node="3",
    )


def completed(subject: UUID | None = None, *, session_id: UUID | None = None) -> GenerationCompleted:
    return GenerationCompleted(
        workspace_id=WORKSPACE,
        id=subject or uuid4(),
        session_id=session_id,
        version=3,
        outputs=[],
        generation_time_seconds=1.5,
    )
