"""Values of the installation, such as the canary of its encryption key."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE system_values (
            key VARCHAR(255) NOT NULL,
            value TEXT NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_system_values PRIMARY KEY (key)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE system_values")
