"""Generations are searched: words and exact terms in one column, a view that is a wall of its own, indexes."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = "^-?[0-9]{1,60}([.][0-9]{1,60})?([eE][+-]?[0-9]{1,2})?$"
MOST_TERMS = 2_000
"""Of one kind: a `tsvector` ends at 1 MiB."""


def words_of(column: str) -> str:
    spaced = rf"translate(left({column}, 50000), '<>_./@:=-&+~\', '             ')"
    return rf"coalesce(to_tsvector('simple', regexp_replace({spaced}, '\m([vV])([0-9])', '\1 \2', 'g')), '')"


KEEP_SEARCH = rf"""
    CREATE FUNCTION keep_generation_search() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        terms text[] := ARRAY(
            SELECT DISTINCT CASE WHEN octet_length(term) > 100 THEN '=' || md5(term) ELSE term END
            FROM (
                SELECT 'tag=' || tag FROM unnest(NEW.tags) tag
                UNION ALL
                (SELECT 'lora=' || spelt FROM
                    jsonb_array_elements(CASE WHEN jsonb_typeof(NEW.loras_used) = 'array' THEN NEW.loras_used END) lora,
                    replace(lora ->> 'name', '\', '/') path,
                    unnest(ARRAY[path, regexp_replace(path, '^.*/', '')]) name,
                    unnest(ARRAY[name, regexp_replace(name, '[.](safetensors|sft|ckpt|pth?|bin|gguf)$', '')]) spelt
                LIMIT {MOST_TERMS})
                UNION ALL
                (SELECT 'parameters.' || name || '=' || CASE
                    WHEN jsonb_typeof(given) = 'number' OR spelt ~ '{NUMBER}' THEN trim_scale(spelt::numeric)::text
                    ELSE spelt END
                FROM jsonb_each(CASE WHEN jsonb_typeof(NEW.parameters) = 'object' THEN NEW.parameters END)
                        parameter (name, given),
                    LATERAL (SELECT given #>> '{{}}') text (spelt)
                WHERE name <> 'seed' AND jsonb_typeof(given) IN ('number', 'string', 'boolean')
                LIMIT {MOST_TERMS})
            ) every (term)
            WHERE term IS NOT NULL
        );
    BEGIN
        NEW.search := {words_of("NEW.prompt_text")} || '''=''\:2'::tsvector || {words_of("NEW.negative_prompt")}
            || array_to_tsvector(terms);
        RETURN NEW;
    END
    $$
"""  # noqa: S608 - nothing of a request is in it


def upgrade() -> None:
    op.execute("ALTER TABLE comfyui_generations ADD COLUMN search TSVECTOR")
    op.execute("ALTER TABLE comfyui_generations ALTER COLUMN search SET STORAGE MAIN")
    op.execute(KEEP_SEARCH)
    op.execute(
        """
        CREATE TRIGGER generation_search BEFORE INSERT
            OR UPDATE OF prompt_text, negative_prompt, parameters, loras_used, tags ON comfyui_generations
            FOR EACH ROW EXECUTE FUNCTION keep_generation_search()
        """
    )
    op.execute("UPDATE comfyui_generations SET tags = tags")
    _indexes()
    op.execute(
        """
        CREATE VIEW searched_generations AS SELECT * FROM comfyui_generations
            WHERE workspace_id = nullif(current_setting('app.workspace', true), '')::uuid AND deleted_at IS NULL
        """
    )


NEWEST = "created_at DESC, id DESC"
INDEXES = {
    "workspace_created": NEWEST,
    "checkpoint": f"checkpoint_name, {NEWEST}",
    "duration": "generation_time_seconds DESC, id DESC",
    "favorite": NEWEST,
    "unlucky": f"status, {NEWEST}",
    "tagged": "",
    "seed": "seed",
    "sampler": f"sampler_name, {NEWEST}",
    "scheduler": f"scheduler, {NEWEST}",
    "width": f"width, height, {NEWEST}",
    "height": "height",
    "steps": f"steps, {NEWEST}",
    "cfg": f"cfg_scale, {NEWEST}",
}
OF_SOME = {
    "duration": "generation_time_seconds IS NOT NULL",
    "favorite": "favorite",
    "unlucky": "status IN ('failed', 'cancelled')",
    "tagged": "tags <> '{}'",
}
REPLACED = {
    "seed": "seed",
    "checkpoint": "checkpoint_name",
    "workspace_created": f"workspace_id, {NEWEST}",
}


def _indexes() -> None:
    for name in REPLACED:
        op.execute(f"DROP INDEX idx_comfyui_generations_{name}")
    for name, columns in INDEXES.items():
        listed = ", ".join(filter(None, ("workspace_id", columns)))
        which = " AND ".join(filter(None, (OF_SOME.get(name), "deleted_at IS NULL")))
        op.execute(f"CREATE INDEX idx_comfyui_generations_{name} ON comfyui_generations ({listed}) WHERE {which}")
    op.execute(
        "CREATE INDEX idx_comfyui_generations_search ON comfyui_generations USING gin (search) WITH (fastupdate = off)"
    )
    op.execute(
        "CREATE INDEX idx_comfyui_generations_verifies ON comfyui_generations (verifies) WHERE verifies IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP VIEW searched_generations")
    for name in (*INDEXES, "verifies"):
        op.execute(f"DROP INDEX idx_comfyui_generations_{name}")
    for name, columns in REPLACED.items():
        op.execute(f"CREATE INDEX idx_comfyui_generations_{name} ON comfyui_generations ({columns})")
    op.execute("DROP TRIGGER generation_search ON comfyui_generations")
    op.execute("ALTER TABLE comfyui_generations DROP COLUMN search")
    op.execute("DROP FUNCTION keep_generation_search()")
