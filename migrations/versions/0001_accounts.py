"""Users, workspaces and members, with the default workspace and its local owner."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE users (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            email VARCHAR(320) NOT NULL,
            name VARCHAR(255) NOT NULL,
            role VARCHAR(20) DEFAULT 'member' NOT NULL,
            password_hash TEXT,
            active BOOLEAN DEFAULT true NOT NULL,
            token_epoch INTEGER DEFAULT 0 NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_users PRIMARY KEY (id),
            CONSTRAINT ck_users_role CHECK (role IN ('admin', 'member'))
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX uq_users_email ON users (lower(email))")
    op.execute(
        """
        CREATE TABLE workspaces (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_workspaces PRIMARY KEY (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE workspace_members (
            workspace_id UUID NOT NULL,
            user_id UUID NOT NULL,
            role VARCHAR(20) NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_workspace_members PRIMARY KEY (workspace_id, user_id),
            CONSTRAINT ck_workspace_members_role CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
            CONSTRAINT fk_workspace_members_workspace_id FOREIGN KEY (workspace_id)
                REFERENCES workspaces (id) ON DELETE CASCADE,
            CONSTRAINT fk_workspace_members_user_id FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
        """
    )
    op.execute("CREATE INDEX idx_workspace_members_user_id ON workspace_members (user_id)")
    op.execute("INSERT INTO workspaces (id, name) VALUES ('00000000-0000-0000-0000-000000000001', 'Default')")
    op.execute(
        """
        INSERT INTO users (id, email, name, role)
        VALUES ('00000000-0000-0000-0000-000000000001', 'owner@localhost', 'Owner', 'admin')
        """
    )
    op.execute(
        """
        INSERT INTO workspace_members (workspace_id, user_id, role)
        SELECT workspaces.id, users.id, 'owner' FROM workspaces, users
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE workspace_members")
    op.execute("DROP TABLE workspaces")
    op.execute("DROP TABLE users")
