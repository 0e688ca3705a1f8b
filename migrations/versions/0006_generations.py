"""ComfyUI generations."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE comfyui_generations (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            session_id UUID,
            workflow_id UUID,
            profile_id UUID,
            backend_url VARCHAR(500),
            prompt_id VARCHAR(255),
            rerun_of UUID,
            batch_id UUID,
            batch_index INTEGER DEFAULT 0 NOT NULL,
            favorite BOOLEAN DEFAULT false NOT NULL,
            workflow_json_snapshot TEXT,
            parameters JSONB DEFAULT '{}' NOT NULL,
            warnings JSONB DEFAULT '[]' NOT NULL,
            prompt_text TEXT,
            negative_prompt TEXT,
            width INTEGER,
            height INTEGER,
            steps INTEGER,
            cfg_scale DOUBLE PRECISION,
            seed NUMERIC(20, 0),
            sampler_name VARCHAR(50),
            scheduler VARCHAR(50),
            batch_size INTEGER DEFAULT 1 NOT NULL,
            checkpoint_name VARCHAR(255),
            loras_used JSONB DEFAULT '[]' NOT NULL,
            current_node VARCHAR(255),
            submit_count INTEGER DEFAULT 0 NOT NULL,
            submitted_at TIMESTAMP WITH TIME ZONE,
            outputs TEXT DEFAULT '[]' NOT NULL,
            generation_time_seconds DOUBLE PRECISION,
            workspace_id UUID NOT NULL,
            status VARCHAR(20) DEFAULT 'pending' NOT NULL,
            progress INTEGER DEFAULT 0 NOT NULL,
            run INTEGER DEFAULT 1 NOT NULL,
            version INTEGER DEFAULT 0 NOT NULL,
            waiting_reason TEXT,
            waiting_since TIMESTAMP WITH TIME ZONE,
            error TEXT,
            error_code VARCHAR(50),
            error_details JSONB,
            priority INTEGER DEFAULT 0 NOT NULL,
            run_after TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            attempt INTEGER DEFAULT 0 NOT NULL,
            crashes INTEGER DEFAULT 0 NOT NULL,
            owner VARCHAR(64),
            fence BIGINT DEFAULT 0 NOT NULL,
            lease_until TIMESTAMP WITH TIME ZONE,
            cancel_requested_at TIMESTAMP WITH TIME ZONE,
            started_at TIMESTAMP WITH TIME ZONE,
            completed_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_comfyui_generations PRIMARY KEY (id),
            CONSTRAINT ck_comfyui_generations_status
                CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
            CONSTRAINT ck_comfyui_generations_progress CHECK (progress BETWEEN 0 AND 100),
            CONSTRAINT ck_comfyui_generations_progress_done CHECK (progress < 100 OR status = 'completed'),
            CONSTRAINT ck_comfyui_generations_running_has_lease CHECK (status <> 'running' OR lease_until IS NOT NULL),
            CONSTRAINT ck_comfyui_generations_seed CHECK (seed BETWEEN 0 AND 18446744073709551615),
            CONSTRAINT fk_comfyui_generations_session_id FOREIGN KEY (session_id)
                REFERENCES comfyui_sessions (id) ON DELETE CASCADE,
            CONSTRAINT fk_comfyui_generations_workflow_id FOREIGN KEY (workflow_id)
                REFERENCES comfyui_workflows (id) ON DELETE SET NULL,
            CONSTRAINT fk_comfyui_generations_profile_id FOREIGN KEY (profile_id)
                REFERENCES profiles (id) ON DELETE SET NULL,
            CONSTRAINT fk_comfyui_generations_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_active
            ON comfyui_generations (workspace_id) WHERE status IN ('pending', 'running')
        """
    )
    op.execute(
        "CREATE INDEX idx_comfyui_generations_batch_id ON comfyui_generations (batch_id) WHERE batch_id IS NOT NULL"
    )
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_cancel
            ON comfyui_generations (id) WHERE cancel_requested_at IS NOT NULL AND status IN ('pending', 'running')
        """
    )
    op.execute("CREATE INDEX idx_comfyui_generations_checkpoint ON comfyui_generations (checkpoint_name)")
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_claim
            ON comfyui_generations (priority DESC, created_at) WHERE status = 'pending'
        """
    )
    op.execute("CREATE INDEX idx_comfyui_generations_profile_id ON comfyui_generations (profile_id)")
    op.execute("CREATE INDEX idx_comfyui_generations_running ON comfyui_generations (id) WHERE status = 'running'")
    op.execute("CREATE INDEX idx_comfyui_generations_seed ON comfyui_generations (seed)")
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_session_created
            ON comfyui_generations (session_id, created_at DESC, id DESC)
        """
    )
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_workflow_created
            ON comfyui_generations (workflow_id, created_at DESC, id DESC)
        """
    )
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_workspace_created
            ON comfyui_generations (workspace_id, created_at DESC, id DESC)
        """
    )
    op.execute(
        """
        ALTER TABLE comfyui_generations SET (
            fillfactor = 85,
            autovacuum_vacuum_scale_factor = 0.05,
            autovacuum_analyze_scale_factor = 0.02
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE comfyui_generations")
