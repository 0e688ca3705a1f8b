"""The library: several machines per ComfyUI profile, batches, projects, prompts, presets, and turns in the queue."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OWNED = """
    workspace_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL
"""
KEPT = "updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL, deleted_at TIMESTAMP WITH TIME ZONE"


def upgrade() -> None:
    _machines()
    _collections()
    op.execute(
        """
        CREATE TABLE line_turns (
            line VARCHAR(20) NOT NULL,
            share UUID NOT NULL,
            served_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT pk_line_turns PRIMARY KEY (line, share)
        )
        """
    )
    op.execute(
        """
        ALTER TABLE comfyui_generations
            ADD COLUMN backend_id UUID,
            ADD COLUMN wanted_backend_id UUID,
            ADD COLUMN needs_sha256 CHAR(64),
            ADD COLUMN held_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN ahead BOOLEAN DEFAULT false NOT NULL,
            ADD COLUMN queue_order NUMERIC DEFAULT extract(epoch FROM clock_timestamp()) NOT NULL,
            ADD COLUMN batch_coordinates JSONB,
            ADD COLUMN tags TEXT[] DEFAULT '{}' NOT NULL,
            ADD COLUMN notes TEXT,
            ADD COLUMN fingerprint JSONB,
            ADD COLUMN verifies UUID,
            ADD COLUMN verification JSONB
        """
    )
    op.execute(
        "UPDATE comfyui_generations SET queue_order = extract(epoch FROM created_at), updated_at = updated_at"
        " WHERE status = 'pending'"
    )


def _machines() -> None:
    op.execute(
        f"""
        CREATE TABLE comfyui_backends (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            profile_id UUID NOT NULL,
            name VARCHAR(255) NOT NULL,
            url VARCHAR(500) NOT NULL,
            api_key TEXT,
            is_own BOOLEAN DEFAULT false NOT NULL,
            slots INTEGER,
            enabled BOOLEAN DEFAULT true NOT NULL,
            draining BOOLEAN DEFAULT false NOT NULL,
            status VARCHAR(20) DEFAULT 'unknown' NOT NULL,
            message TEXT,
            checked_at TIMESTAMP WITH TIME ZONE,
            down_since TIMESTAMP WITH TIME ZONE,
            comfyui_version VARCHAR(50),
            device VARCHAR(255),
            queue_running INTEGER,
            queue_pending INTEGER,
            loaded_checkpoint VARCHAR(255),
            {OWNED},
            CONSTRAINT pk_comfyui_backends PRIMARY KEY (id),
            CONSTRAINT uq_comfyui_backends_profile_id_url UNIQUE (profile_id, url),
            CONSTRAINT ck_comfyui_backends_status CHECK (status IN ('unknown', 'up', 'down')),
            CONSTRAINT ck_comfyui_backends_slots CHECK (slots BETWEEN 1 AND 64),
            CONSTRAINT fk_comfyui_backends_profile_id FOREIGN KEY (profile_id)
                REFERENCES profiles (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_backends_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_comfyui_backends_workspace_id ON comfyui_backends (workspace_id)")
    op.execute("CREATE UNIQUE INDEX uq_comfyui_backends_own ON comfyui_backends (profile_id) WHERE is_own")
    op.execute(
        f"""
        CREATE TABLE comfyui_misfits (
            backend_id UUID NOT NULL,
            needs_sha256 CHAR(64) NOT NULL,
            lacking JSONB DEFAULT '[]' NOT NULL,
            {OWNED},
            CONSTRAINT pk_comfyui_misfits PRIMARY KEY (backend_id, needs_sha256),
            CONSTRAINT fk_comfyui_misfits_backend_id FOREIGN KEY (backend_id)
                REFERENCES comfyui_backends (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_misfits_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_comfyui_misfits_workspace_id ON comfyui_misfits (workspace_id)")
    op.execute(
        """
        CREATE FUNCTION keep_own_backend() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.provider <> 'comfyui' OR NEW.url IS NULL THEN
                DELETE FROM comfyui_backends WHERE profile_id = NEW.id;
                RETURN NULL;
            END IF;
            DELETE FROM comfyui_backends WHERE profile_id = NEW.id AND url = NEW.url AND NOT is_own;
            INSERT INTO comfyui_backends (workspace_id, profile_id, name, url, is_own)
                VALUES (NEW.workspace_id, NEW.id, NEW.name, NEW.url, true)
                ON CONFLICT (profile_id) WHERE is_own DO UPDATE SET
                    url = EXCLUDED.url, status = 'unknown', message = NULL, checked_at = NULL, down_since = NULL,
                    comfyui_version = NULL, device = NULL, queue_running = NULL, queue_pending = NULL,
                    loaded_checkpoint = NULL
                WHERE comfyui_backends.url <> EXCLUDED.url;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        "CREATE TRIGGER own_backend AFTER INSERT OR UPDATE OF provider, url ON profiles"
        " FOR EACH ROW EXECUTE FUNCTION keep_own_backend()"
    )
    op.execute(
        """
        INSERT INTO comfyui_backends (workspace_id, profile_id, name, url, is_own)
        SELECT workspace_id, id, name, url, true FROM profiles WHERE provider = 'comfyui' AND url IS NOT NULL
        """
    )


def _collections() -> None:
    op.execute(
        f"""
        CREATE TABLE projects (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            description TEXT,
            color VARCHAR(20),
            {OWNED}, {KEPT},
            CONSTRAINT pk_projects PRIMARY KEY (id),
            CONSTRAINT fk_projects_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        f"""
        CREATE TABLE prompts (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            prompt_text TEXT NOT NULL,
            negative_prompt TEXT,
            category VARCHAR(100),
            used_count INTEGER DEFAULT 0 NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            {OWNED}, {KEPT},
            CONSTRAINT pk_prompts PRIMARY KEY (id),
            CONSTRAINT fk_prompts_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        f"""
        CREATE TABLE presets (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            description TEXT,
            workflow_id UUID,
            parameters JSONB DEFAULT '{{}}' NOT NULL,
            used_count INTEGER DEFAULT 0 NOT NULL,
            {OWNED}, {KEPT},
            CONSTRAINT pk_presets PRIMARY KEY (id),
            CONSTRAINT fk_presets_workflow_id FOREIGN KEY (workflow_id)
                REFERENCES comfyui_workflows (id) ON DELETE SET NULL,
            CONSTRAINT fk_presets_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        f"""
        CREATE TABLE comfyui_batches (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            session_id UUID,
            kind VARCHAR(20) NOT NULL,
            base_generation_id UUID,
            axes JSONB DEFAULT '[]' NOT NULL,
            total INTEGER NOT NULL,
            created_by UUID,
            {OWNED},
            CONSTRAINT pk_comfyui_batches PRIMARY KEY (id),
            CONSTRAINT ck_comfyui_batches_kind CHECK (kind IN ('variations', 'sweep')),
            CONSTRAINT fk_comfyui_batches_session_id FOREIGN KEY (session_id)
                REFERENCES comfyui_sessions (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_batches_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
            CONSTRAINT fk_comfyui_batches_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    for table, columns in (
        ("projects", "workspace_id, name, id"),
        ("prompts", "workspace_id, name, id"),
        ("presets", "workspace_id, name, id"),
        ("comfyui_batches", "workspace_id, created_at DESC, id DESC"),
    ):
        op.execute(f"CREATE INDEX idx_{table}_listed ON {table} ({columns})")
    op.execute("CREATE INDEX idx_presets_workflow_id ON presets (workflow_id)")
    op.execute("CREATE INDEX idx_comfyui_batches_session_id ON comfyui_batches (session_id)")
    for table in ("comfyui_sessions", "conversations"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN project_id UUID REFERENCES projects (id) ON DELETE SET NULL")
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {table}_project_id_fkey TO fk_{table}_project_id")
        op.execute(f"CREATE INDEX idx_{table}_project_id ON {table} (project_id)")


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE comfyui_generations
            DROP COLUMN verification, DROP COLUMN verifies, DROP COLUMN fingerprint, DROP COLUMN notes,
            DROP COLUMN tags, DROP COLUMN batch_coordinates, DROP COLUMN queue_order, DROP COLUMN ahead,
            DROP COLUMN held_at, DROP COLUMN needs_sha256, DROP COLUMN wanted_backend_id, DROP COLUMN backend_id
        """
    )
    for table in ("comfyui_sessions", "conversations"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN project_id")
    for table in ("line_turns", "comfyui_batches", "presets", "prompts", "projects", "comfyui_misfits"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP TRIGGER own_backend ON profiles")
    op.execute("DROP FUNCTION keep_own_backend()")
    op.execute("DROP TABLE comfyui_backends")
