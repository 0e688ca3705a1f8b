"""What was made on each day is counted from an index alone."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = "idx_comfyui_generations_workspace_created"


def upgrade() -> None:
    _make_anew("INCLUDE (status, generation_time_seconds)")


def downgrade() -> None:
    _make_anew("")


def _make_anew(included: str) -> None:
    op.execute(f"DROP INDEX {NAME}")
    op.execute(
        f"""
        CREATE INDEX {NAME} ON comfyui_generations (workspace_id, created_at DESC, id DESC) {included}
        WHERE deleted_at IS NULL
        """
    )
