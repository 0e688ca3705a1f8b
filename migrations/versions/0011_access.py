"""Logins, API keys, invitations, the audit log and the API log; who asked for what is queued."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

QUEUES = ("tasks", "comfyui_generations")
NEW = ("api_log", "audit_log", "invitations", "api_keys", "refresh_tokens", "login_sessions")


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE users
            ADD COLUMN default_workspace_id UUID,
            ADD COLUMN last_login_at TIMESTAMP WITH TIME ZONE,
            ADD CONSTRAINT fk_users_default_workspace_id FOREIGN KEY (default_workspace_id)
                REFERENCES workspaces (id) ON DELETE SET NULL
        """
    )
    for table in QUEUES:
        op.execute(
            f"""
            ALTER TABLE {table}
                ADD COLUMN created_by UUID,
                ADD CONSTRAINT fk_{table}_created_by FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL
            """
        )
        op.execute(
            f"CREATE INDEX idx_{table}_created_by ON {table} (created_by) WHERE status IN ('pending', 'running')"
        )
    op.execute(
        """
        CREATE TABLE login_sessions (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            user_id UUID NOT NULL,
            user_agent VARCHAR(255),
            peer VARCHAR(64),
            last_used_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            revoked_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_login_sessions PRIMARY KEY (id),
            CONSTRAINT fk_login_sessions_user_id FOREIGN KEY (user_id)
                REFERENCES users (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX idx_login_sessions_expires_at ON login_sessions (expires_at)")
    op.execute("CREATE INDEX idx_login_sessions_user_id ON login_sessions (user_id)")
    op.execute(
        """
        CREATE TABLE refresh_tokens (
            token_sha256 CHAR(64) NOT NULL,
            login_session_id UUID NOT NULL,
            used_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_sha256),
            CONSTRAINT fk_refresh_tokens_login_session_id FOREIGN KEY (login_session_id)
                REFERENCES login_sessions (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX idx_refresh_tokens_login_session_id ON refresh_tokens (login_session_id)")
    op.execute(
        """
        CREATE TABLE api_keys (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            user_id UUID NOT NULL,
            workspace_id UUID,
            name VARCHAR(255) NOT NULL,
            token_sha256 CHAR(64) NOT NULL,
            last_four CHAR(4) NOT NULL,
            scopes TEXT NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE,
            last_used_at TIMESTAMP WITH TIME ZONE,
            revoked_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_api_keys PRIMARY KEY (id),
            CONSTRAINT fk_api_keys_user_id FOREIGN KEY (user_id)
                REFERENCES users (id) ON DELETE CASCADE,
            CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT uq_api_keys_token_sha256 UNIQUE (token_sha256)
        )
        """
    )
    op.execute("CREATE INDEX idx_api_keys_user_id ON api_keys (user_id)")
    op.execute(
        """
        CREATE TABLE invitations (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            workspace_id UUID NOT NULL,
            role VARCHAR(20) NOT NULL,
            email VARCHAR(320),
            token_sha256 CHAR(64) NOT NULL,
            created_by UUID,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            accepted_at TIMESTAMP WITH TIME ZONE,
            accepted_by UUID,
            revoked_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_invitations PRIMARY KEY (id),
            CONSTRAINT ck_invitations_role CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
            CONSTRAINT fk_invitations_workspace_id FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT uq_invitations_token_sha256 UNIQUE (token_sha256),
            CONSTRAINT fk_invitations_created_by FOREIGN KEY (created_by)
                REFERENCES users (id) ON DELETE SET NULL,
            CONSTRAINT fk_invitations_accepted_by FOREIGN KEY (accepted_by)
                REFERENCES users (id) ON DELETE SET NULL
        )
        """
    )
    op.execute("CREATE INDEX idx_invitations_workspace_id ON invitations (workspace_id)")
    op.execute(
        """
        CREATE TABLE audit_log (
            id BIGINT GENERATED ALWAYS AS IDENTITY,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            action VARCHAR(50) NOT NULL,
            user_id UUID,
            api_key_id UUID,
            workspace_id UUID,
            subject_kind VARCHAR(50),
            subject_id VARCHAR(255),
            peer VARCHAR(64),
            request_id VARCHAR(64),
            details JSONB DEFAULT '{}' NOT NULL,
            CONSTRAINT pk_audit_log PRIMARY KEY (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_audit_log_at ON audit_log (at DESC, id DESC)")
    op.execute("CREATE INDEX idx_audit_log_subject_id ON audit_log (subject_id)")
    op.execute("CREATE INDEX idx_audit_log_workspace_at ON audit_log (workspace_id, at DESC, id DESC)")
    op.execute("CREATE INDEX idx_audit_log_user_at ON audit_log (user_id, at DESC, id DESC)")
    op.execute(
        """
        CREATE TABLE api_log (
            id BIGINT GENERATED ALWAYS AS IDENTITY,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            method VARCHAR(20) NOT NULL,
            route VARCHAR(255) NOT NULL,
            status SMALLINT NOT NULL,
            duration_ms DOUBLE PRECISION NOT NULL,
            user_id UUID,
            api_key_id UUID,
            workspace_id UUID,
            provider VARCHAR(50),
            peer VARCHAR(64),
            request_id VARCHAR(64),
            CONSTRAINT pk_api_log PRIMARY KEY (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_api_log_at ON api_log (at DESC, id DESC)")
    op.execute("CREATE INDEX idx_api_log_user_at ON api_log (user_id, at DESC, id DESC)")
    op.execute(
        """
        CREATE FUNCTION count_pending(line text, who uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = pg_catalog, public AS $$
            SELECT CASE line
                WHEN 'tasks' THEN (SELECT count(*) FROM tasks WHERE created_by = who AND status = 'pending')
                ELSE (SELECT count(*) FROM comfyui_generations WHERE created_by = who AND status = 'pending')
            END
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )


def downgrade() -> None:
    for table in NEW:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION count_pending(text, uuid)")
    for table in QUEUES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN created_by")
    op.execute("ALTER TABLE users DROP COLUMN default_workspace_id, DROP COLUMN last_login_at")
