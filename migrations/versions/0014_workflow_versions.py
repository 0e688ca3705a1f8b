"""Workflows keep what was imported and every version of themselves; generations point at theirs."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE comfyui_workflows
            ADD COLUMN original TEXT,
            ADD COLUMN source_kind VARCHAR(20) DEFAULT 'api' NOT NULL,
            ADD COLUMN source_media_id UUID,
            ADD COLUMN warnings JSONB DEFAULT '[]' NOT NULL,
            ADD COLUMN version INTEGER DEFAULT 1 NOT NULL
        """
    )
    op.execute("CREATE INDEX idx_comfyui_workflows_content ON comfyui_workflows (workspace_id, content_sha256)")
    op.execute(
        """
        CREATE TABLE comfyui_workflow_versions (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            workflow_id UUID NOT NULL,
            number INTEGER NOT NULL,
            workflow_json TEXT NOT NULL,
            original TEXT,
            content_sha256 CHAR(64),
            default_parameters JSONB DEFAULT '{}' NOT NULL,
            extracted_parameters JSONB DEFAULT '[]' NOT NULL,
            warnings JSONB DEFAULT '[]' NOT NULL,
            created_by UUID,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_comfyui_workflow_versions PRIMARY KEY (id),
            CONSTRAINT uq_comfyui_workflow_versions_workflow_id_number UNIQUE (workflow_id, number),
            CONSTRAINT fk_comfyui_workflow_versions_workflow_id FOREIGN KEY (workflow_id)
                REFERENCES comfyui_workflows (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_workflow_versions_created_by FOREIGN KEY (created_by)
                REFERENCES users (id) ON DELETE SET NULL,
            CONSTRAINT fk_comfyui_workflow_versions_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_comfyui_workflow_versions_workspace_id ON comfyui_workflow_versions (workspace_id)")
    op.execute(
        """
        INSERT INTO comfyui_workflow_versions (
            workflow_id, number, workflow_json, content_sha256, default_parameters, extracted_parameters,
            workspace_id, created_at
        )
        SELECT id, 1, workflow_json, content_sha256, default_parameters, extracted_parameters, workspace_id, created_at
        FROM comfyui_workflows
        """
    )
    op.execute(
        """
        ALTER TABLE comfyui_generations
            ADD COLUMN workflow_version_id UUID,
            ADD CONSTRAINT fk_comfyui_generations_workflow_version_id FOREIGN KEY (workflow_version_id)
                REFERENCES comfyui_workflow_versions (id) ON DELETE SET NULL
        """
    )
    op.execute(
        "CREATE INDEX idx_comfyui_generations_workflow_version_id ON comfyui_generations (workflow_version_id)"
        " WHERE workflow_version_id IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE comfyui_generations DROP COLUMN workflow_version_id")
    op.execute("DROP TABLE comfyui_workflow_versions")
    op.execute("DROP INDEX idx_comfyui_workflows_content")
    op.execute(
        """
        ALTER TABLE comfyui_workflows
            DROP COLUMN version, DROP COLUMN warnings, DROP COLUMN source_media_id, DROP COLUMN source_kind,
            DROP COLUMN original
        """
    )
