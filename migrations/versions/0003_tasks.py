"""Tasks and their results."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE tasks (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            type VARCHAR(50) NOT NULL,
            provider VARCHAR(50) NOT NULL,
            profile_id UUID,
            model VARCHAR(255),
            prompt TEXT NOT NULL,
            options JSONB,
            max_attempts INTEGER DEFAULT 3 NOT NULL,
            provider_handle TEXT,
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
            CONSTRAINT pk_tasks PRIMARY KEY (id),
            CONSTRAINT ck_tasks_status CHECK (status IN ('pending', 'running', 'complete', 'failed', 'cancelled')),
            CONSTRAINT ck_tasks_progress CHECK (progress BETWEEN 0 AND 100),
            CONSTRAINT ck_tasks_progress_done CHECK (progress < 100 OR status = 'complete'),
            CONSTRAINT ck_tasks_running_has_lease CHECK (status <> 'running' OR lease_until IS NOT NULL),
            CONSTRAINT fk_tasks_profile_id FOREIGN KEY (profile_id) REFERENCES profiles (id) ON DELETE SET NULL,
            CONSTRAINT fk_tasks_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_tasks_active ON tasks (workspace_id) WHERE status IN ('pending', 'running')")
    op.execute(
        """
        CREATE INDEX idx_tasks_cancel
            ON tasks (id) WHERE cancel_requested_at IS NOT NULL AND status IN ('pending', 'running')
        """
    )
    op.execute("CREATE INDEX idx_tasks_claim ON tasks (priority DESC, created_at) WHERE status = 'pending'")
    op.execute("CREATE INDEX idx_tasks_created_at ON tasks (created_at)")
    op.execute("CREATE INDEX idx_tasks_profile_id ON tasks (profile_id)")
    op.execute("CREATE INDEX idx_tasks_provider ON tasks (provider)")
    op.execute("CREATE INDEX idx_tasks_running ON tasks (id) WHERE status = 'running'")
    op.execute("CREATE INDEX idx_tasks_status ON tasks (status)")
    op.execute("CREATE INDEX idx_tasks_type ON tasks (type)")
    op.execute("CREATE INDEX idx_tasks_workspace_created ON tasks (workspace_id, created_at DESC, id DESC)")
    op.execute(
        """
        CREATE TABLE results (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            task_id UUID NOT NULL,
            type VARCHAR(50) NOT NULL,
            content TEXT NOT NULL,
            metadata JSONB,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_results PRIMARY KEY (id),
            CONSTRAINT uq_results_task_id UNIQUE (task_id),
            CONSTRAINT fk_results_task_id FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
            CONSTRAINT fk_results_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_results_workspace_created ON results (workspace_id, created_at DESC, id DESC)")
    op.execute(
        """
        ALTER TABLE tasks SET (
            fillfactor = 85,
            autovacuum_vacuum_scale_factor = 0.05,
            autovacuum_analyze_scale_factor = 0.02
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE results")
    op.execute("DROP TABLE tasks")
