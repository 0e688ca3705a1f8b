"""Tasks that are carried out, the schedules that start them, notifications, and an order of the profiles."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE schedules (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            created_by UUID,
            name VARCHAR(255) NOT NULL,
            kind VARCHAR(20) NOT NULL,
            request JSONB NOT NULL,
            cron VARCHAR(255),
            time_zone VARCHAR(64) DEFAULT 'UTC' NOT NULL,
            at TIMESTAMP WITH TIME ZONE,
            missed VARCHAR(20) DEFAULT 'skip' NOT NULL,
            enabled BOOLEAN DEFAULT true NOT NULL,
            next_run_at TIMESTAMP WITH TIME ZONE,
            last_run_at TIMESTAMP WITH TIME ZONE,
            last_error TEXT,
            last_error_code VARCHAR(50),
            run_count INTEGER DEFAULT 0 NOT NULL,
            missed_count INTEGER DEFAULT 0 NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_schedules PRIMARY KEY (id),
            CONSTRAINT ck_schedules_kind CHECK (kind IN ('task', 'generation')),
            CONSTRAINT ck_schedules_missed CHECK (missed IN ('skip', 'catch_up')),
            CONSTRAINT fk_schedules_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL,
            CONSTRAINT fk_schedules_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_schedules_workspace_created ON schedules (workspace_id, created_at DESC, id DESC)")
    op.execute("CREATE INDEX idx_schedules_due ON schedules (next_run_at) WHERE next_run_at IS NOT NULL")
    op.execute(
        """
        CREATE TABLE notifications (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            user_id UUID,
            type VARCHAR(20) NOT NULL,
            code VARCHAR(50) NOT NULL,
            message TEXT NOT NULL,
            subject_kind VARCHAR(20),
            subject_id UUID,
            count INTEGER DEFAULT 1 NOT NULL,
            read_at TIMESTAMP WITH TIME ZONE,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_notifications PRIMARY KEY (id),
            CONSTRAINT ck_notifications_type CHECK (type IN ('info', 'success', 'warning', 'error')),
            CONSTRAINT fk_notifications_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
            CONSTRAINT fk_notifications_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        "CREATE INDEX idx_notifications_workspace_created ON notifications (workspace_id, created_at DESC, id DESC)"
    )
    op.execute(
        "CREATE INDEX idx_notifications_unread ON notifications (workspace_id, user_id, code) WHERE read_at IS NULL"
    )
    op.execute("CREATE INDEX idx_notifications_user_id ON notifications (user_id)")
    op.execute(
        """
        ALTER TABLE tasks
            ADD COLUMN inputs JSONB DEFAULT '[]' NOT NULL,
            ADD COLUMN fallback JSONB DEFAULT '[]' NOT NULL,
            ADD COLUMN target INTEGER DEFAULT 0 NOT NULL,
            ADD COLUMN tried JSONB DEFAULT '[]' NOT NULL,
            ADD COLUMN place VARCHAR(100),
            ADD COLUMN message VARCHAR(255),
            ADD COLUMN sent_at TIMESTAMP WITH TIME ZONE,
            ADD COLUMN call_id UUID,
            ADD COLUMN generation_id UUID,
            ADD COLUMN schedule_id UUID,
            ADD CONSTRAINT fk_tasks_generation_id FOREIGN KEY (generation_id)
                REFERENCES comfyui_generations (id) ON DELETE SET NULL
        """
    )
    op.execute("CREATE INDEX idx_tasks_generation_id ON tasks (generation_id)")
    op.execute(
        "CREATE INDEX idx_tasks_following ON tasks (generation_id)"
        " WHERE generation_id IS NOT NULL AND status IN ('pending', 'running')"
    )
    op.execute("CREATE INDEX idx_tasks_schedule_id ON tasks (schedule_id)")
    op.execute("CREATE INDEX idx_tasks_listed ON tasks (workspace_id, status, type, provider) WHERE deleted_at IS NULL")
    op.execute("CREATE INDEX idx_tasks_deleted ON tasks (id) WHERE deleted_at IS NOT NULL")
    op.execute("ALTER TABLE results ADD COLUMN outputs JSONB DEFAULT '[]' NOT NULL")
    op.execute(
        "CREATE INDEX idx_results_workspace_type_created ON results (workspace_id, type, created_at DESC, id DESC)"
        " INCLUDE (task_id)"
    )
    op.execute("ALTER TABLE comfyui_generations ADD COLUMN schedule_id UUID")
    op.execute(
        "CREATE INDEX idx_comfyui_generations_schedule_id ON comfyui_generations (schedule_id)"
        " WHERE schedule_id IS NOT NULL"
    )
    op.execute(
        """
        ALTER TABLE media
            ADD COLUMN task_id UUID,
            ADD CONSTRAINT fk_media_task_id FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
            ADD CONSTRAINT uq_media_task_id_position UNIQUE (task_id, position)
        """
    )
    op.execute(
        """
        ALTER TABLE usage_calls
            ADD COLUMN task_id UUID,
            ADD CONSTRAINT fk_usage_calls_task_id FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE SET NULL
        """
    )
    op.execute("CREATE INDEX idx_usage_calls_task_id ON usage_calls (task_id)")
    op.execute("ALTER TABLE profiles ADD COLUMN position INTEGER")


def downgrade() -> None:
    op.execute("ALTER TABLE profiles DROP COLUMN position")
    op.execute("ALTER TABLE usage_calls DROP COLUMN task_id")
    op.execute("ALTER TABLE media DROP COLUMN task_id")
    op.execute("ALTER TABLE comfyui_generations DROP COLUMN schedule_id")
    op.execute("ALTER TABLE results DROP COLUMN outputs")
    op.execute("DROP INDEX idx_results_workspace_type_created, idx_tasks_deleted, idx_tasks_listed")
    op.execute(
        """
        ALTER TABLE tasks
            DROP COLUMN schedule_id, DROP COLUMN generation_id, DROP COLUMN call_id, DROP COLUMN sent_at,
            DROP COLUMN message, DROP COLUMN place, DROP COLUMN tried, DROP COLUMN target, DROP COLUMN fallback,
            DROP COLUMN inputs
        """
    )
    for table in ("notifications", "schedules"):
        op.execute(f"DROP TABLE {table}")
