"""Full text over all conversations of a workspace: words, "phrases", or, -without; the last word may be unfinished."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from spoonfeeder.core.pagination import MOST_ROWS
from spoonfeeder.db.full_text import GOING_ON, PUNCTUATION, UNFINISHED, VERSION, asked, may_go_on, words_of
from spoonfeeder.features.auth.access import visible_rows
from spoonfeeder.features.chat.conversations.service import COLUMNS, SHOWN, shown
from spoonfeeder.work import Work

OPENS, CLOSES, APART = "\x02", "\x03", "\x04"
STAND_INS = "".join(chr(ord("\x0e") + place) for place in range(len(PUNCTUATION)))
"""Of the punctuation, one each, so that a snippet shows the text as it is written."""
UNUSED = OPENS + CLOSES + APART + STAND_INS
"""No text needs them, so they are taken out of it."""
WRITTEN = str.maketrans(STAND_INS, PUNCTUATION, APART)
HEADLINE_LETTERS = 50_000
HEADLINE = f"StartSel={OPENS}, StopSel={CLOSES}, MaxWords=30, MinWords=12, MaxFragments=0"

WORDS = text(
    """
    SELECT CASE WHEN :is_open THEN regexp_replace(words, :unfinished, :going_on) ELSE words END
    FROM (SELECT CAST(websearch_to_tsquery('simple', :q) AS text) AS words) read
    """
)
FIND = text(
    f"""
    WITH said AS MATERIALIZED (
        SELECT conversation_id, message_id FROM search_messages(:workspace_id, CAST(:words AS tsquery), :most)
    ), found AS (
        SELECT conversation_id, message_id FROM said
        UNION ALL
        SELECT id, NULL FROM conversations
        WHERE workspace_id = :workspace_id AND deleted_at IS NULL
            AND to_tsvector('simple', {words_of("title")}) @@ CAST(:words AS tsquery)
            AND id NOT IN (SELECT conversation_id FROM said)
    )
    SELECT found.conversation_id, found.message_id FROM found JOIN conversations ON conversations.id = conversation_id
    WHERE CAST(:project_id AS uuid) IS NULL OR conversations.project_id =
        (SELECT id FROM projects WHERE id = :project_id AND deleted_at IS NULL)
    ORDER BY conversations.updated_at DESC, conversations.id DESC LIMIT :limit
    """  # noqa: S608 - nothing of a request is in it
)
SNIPPETS = text(
    """
    SELECT conversations.id, ts_headline('simple',
        regexp_replace(
            translate(coalesce(left(messages.content, :letters), conversations.title), :replaced, :stand_ins),
            :version, :apart, 'g'
        ),
        CAST(:words AS tsquery), :headline)
    FROM unnest(CAST(:conversations AS uuid[]), CAST(:messages AS uuid[])) found (conversation_id, message_id)
    JOIN conversations ON conversations.id = found.conversation_id
    LEFT JOIN messages ON messages.id = found.message_id
    """
)


async def search(work: Work, q: str, *, project_id: UUID | None = None, limit: int) -> list[dict[str, Any]]:
    """Conversations in which the words stand, the most recently active first, each with its newest place of them.

    Of words that stand nearly everywhere only the newest conversations are looked through for those of a project.
    """
    read = {"q": asked(q), "is_open": may_go_on(q), "unfinished": UNFINISHED, "going_on": GOING_ON}
    words = await work.session.scalar(WORDS, read)
    if not words:
        return []
    given = {
        "workspace_id": work.workspace_id,
        "words": words,
        "project_id": project_id,
        "most": limit if project_id is None else MOST_ROWS,
        "limit": limit,
    }
    found = (await work.session.execute(FIND, given)).all()
    snippets = await _snippets(work, words, found)
    rows = visible_rows(SHOWN, COLUMNS, work.actor).where(COLUMNS.id.in_([row.conversation_id for row in found]))
    shown_rows = {row.id: shown(row) for row in await work.session.execute(rows)}
    return [
        shown_rows[row.conversation_id]
        | {"match": {"message_id": row.message_id, "snippet": snippets[row.conversation_id]}}
        for row in found
        if row.conversation_id in shown_rows
    ]


async def _snippets(work: Work, words: str, found: Sequence[Any]) -> dict[UUID, list[dict[str, Any]]]:
    given = {
        "conversations": [row.conversation_id for row in found],
        "messages": [row.message_id for row in found],
        "words": words,
        "letters": HEADLINE_LETTERS,
        "replaced": PUNCTUATION + UNUSED,
        "stand_ins": STAND_INS,
        "version": VERSION,
        "apart": rf"\1{APART}\2",
        "headline": HEADLINE,
    }
    return {ident: _parts(headline) for ident, headline in await work.session.execute(SNIPPETS, given)}


def _parts(headline: str) -> list[dict[str, Any]]:
    """The snippet in pieces, so that a page marks the matches without taking any text for markup."""
    parts: list[dict[str, Any]] = []
    for piece in headline.translate(WRITTEN).split(OPENS):
        matched, mark, after = piece.partition(CLOSES)
        if mark:
            parts.append({"text": matched, "is_match": True})
        parts.append({"text": after if mark else piece, "is_match": False})
    return [part for part in parts if part["text"]]
