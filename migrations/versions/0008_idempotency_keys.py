"""Remembered idempotency keys."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE idempotency_keys (
            workspace_id UUID NOT NULL,
            route VARCHAR(255) NOT NULL,
            key VARCHAR(255) NOT NULL,
            body_sha256 CHAR(64) NOT NULL,
            resource_kind VARCHAR(50),
            resource_id UUID,
            status INTEGER,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_idempotency_keys PRIMARY KEY (workspace_id, route, key),
            CONSTRAINT fk_idempotency_keys_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at)")


def downgrade() -> None:
    op.execute("DROP TABLE idempotency_keys")
