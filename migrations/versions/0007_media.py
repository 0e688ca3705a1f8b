"""Files kept with us."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE media (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            kind VARCHAR(20) NOT NULL,
            generation_id UUID,
            position INTEGER DEFAULT 0 NOT NULL,
            node_id VARCHAR(255),
            filename VARCHAR(255) NOT NULL,
            source JSONB,
            media_type VARCHAR(100) NOT NULL,
            bytes BIGINT NOT NULL,
            sha256 CHAR(64) NOT NULL,
            width INTEGER,
            height INTEGER,
            duration_seconds DOUBLE PRECISION,
            storage_key TEXT NOT NULL,
            thumbnail_key TEXT,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_media PRIMARY KEY (id),
            CONSTRAINT ck_media_kind CHECK (kind IN ('output', 'upload', 'thumbnail')),
            CONSTRAINT uq_media_generation_id_position UNIQUE (generation_id, position),
            CONSTRAINT fk_media_generation_id FOREIGN KEY (generation_id)
                REFERENCES comfyui_generations (id) ON DELETE CASCADE,
            CONSTRAINT fk_media_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_media_workspace_id_filename ON media (workspace_id, filename)")


def downgrade() -> None:
    op.execute("DROP TABLE media")
