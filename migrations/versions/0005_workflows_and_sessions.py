"""ComfyUI workflows and sessions."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE comfyui_workflows (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            profile_id UUID,
            name VARCHAR(255) NOT NULL,
            description TEXT,
            workflow_json TEXT NOT NULL,
            content_sha256 CHAR(64),
            default_parameters JSONB DEFAULT '{}' NOT NULL,
            extracted_parameters JSONB DEFAULT '[]' NOT NULL,
            thumbnail_url VARCHAR(500),
            is_default BOOLEAN DEFAULT false NOT NULL,
            generation_count INTEGER DEFAULT 0 NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_comfyui_workflows PRIMARY KEY (id),
            CONSTRAINT fk_comfyui_workflows_profile_id FOREIGN KEY (profile_id)
                REFERENCES profiles (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_workflows_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_comfyui_workflows_profile_id ON comfyui_workflows (profile_id)")
    op.execute(
        """
        CREATE INDEX idx_comfyui_workflows_workspace_created
            ON comfyui_workflows (workspace_id, created_at DESC, id DESC)
        """
    )
    op.execute(
        """
        CREATE UNIQUE INDEX uq_comfyui_workflows_default
            ON comfyui_workflows (workspace_id, profile_id) NULLS NOT DISTINCT WHERE is_default AND deleted_at IS NULL
        """
    )
    op.execute(
        """
        CREATE TABLE comfyui_sessions (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            profile_id UUID,
            title VARCHAR(255) NOT NULL,
            current_workflow_id UUID,
            last_parameters JSONB DEFAULT '{}' NOT NULL,
            generation_count INTEGER DEFAULT 0 NOT NULL,
            completed_count INTEGER DEFAULT 0 NOT NULL,
            failed_count INTEGER DEFAULT 0 NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_comfyui_sessions PRIMARY KEY (id),
            CONSTRAINT fk_comfyui_sessions_profile_id FOREIGN KEY (profile_id)
                REFERENCES profiles (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_sessions_current_workflow_id FOREIGN KEY (current_workflow_id)
                REFERENCES comfyui_workflows (id) ON DELETE SET NULL,
            CONSTRAINT fk_comfyui_sessions_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_comfyui_sessions_current_workflow_id ON comfyui_sessions (current_workflow_id)")
    op.execute("CREATE INDEX idx_comfyui_sessions_profile_id ON comfyui_sessions (profile_id)")
    op.execute(
        """
        CREATE INDEX idx_comfyui_sessions_workspace_updated
            ON comfyui_sessions (workspace_id, updated_at DESC, id DESC)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE comfyui_sessions")
    op.execute("DROP TABLE comfyui_workflows")
