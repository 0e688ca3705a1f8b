"""Conversations and messages."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE conversations (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            title VARCHAR(255) NOT NULL,
            provider VARCHAR(50) NOT NULL,
            model VARCHAR(255) NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_conversations PRIMARY KEY (id),
            CONSTRAINT fk_conversations_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        "CREATE INDEX idx_conversations_workspace_updated ON conversations (workspace_id, updated_at DESC, id DESC)"
    )
    op.execute(
        """
        CREATE TABLE messages (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            conversation_id UUID NOT NULL,
            role VARCHAR(20) NOT NULL,
            content TEXT NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_messages PRIMARY KEY (id),
            CONSTRAINT ck_messages_role CHECK (role IN ('user', 'assistant', 'system')),
            CONSTRAINT fk_messages_conversation_id FOREIGN KEY (conversation_id)
                REFERENCES conversations (id) ON DELETE CASCADE,
            CONSTRAINT fk_messages_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_messages_conversation_id ON messages (conversation_id)")
    op.execute("CREATE INDEX idx_messages_workspace_id ON messages (workspace_id)")


def downgrade() -> None:
    op.execute("DROP TABLE messages")
    op.execute("DROP TABLE conversations")
