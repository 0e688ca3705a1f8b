"""Files go when their rows are gone: a trigger notes them down, however the row went, and a chore removes them."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE media ADD COLUMN missing_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE media ADD COLUMN used_at TIMESTAMP WITH TIME ZONE")
    op.execute("UPDATE media SET used_at = now() WHERE kind = 'upload'")  # whether they were, nobody wrote down
    op.execute("CREATE INDEX idx_media_unused ON media (created_at) WHERE kind = 'upload' AND used_at IS NULL")
    op.execute("CREATE INDEX idx_media_deleted ON media (id) WHERE deleted_at IS NOT NULL")
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_rerun_of ON comfyui_generations (rerun_of) WHERE rerun_of IS NOT NULL
        """
    )
    op.execute(
        """
        CREATE INDEX idx_comfyui_generations_deleted ON comfyui_generations (deleted_at) WHERE deleted_at IS NOT NULL
        """
    )
    op.execute(
        """
        CREATE TABLE file_removals (
            key TEXT NOT NULL,
            added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_file_removals PRIMARY KEY (key)
        )
        """
    )
    # With the rights of the owner: a workspace's transaction may remove rows, and reads nothing of this table.
    op.execute(
        """
        CREATE FUNCTION remove_files_later() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path FROM CURRENT AS $$
        BEGIN
            INSERT INTO file_removals (key)
            SELECT key FROM unnest(ARRAY[OLD.storage_key, OLD.thumbnail_key]) key WHERE key IS NOT NULL
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute("CREATE TRIGGER remove_files AFTER DELETE ON media FOR EACH ROW EXECUTE FUNCTION remove_files_later()")


def downgrade() -> None:
    op.execute("DROP TRIGGER remove_files ON media")
    op.execute("DROP FUNCTION remove_files_later()")
    op.execute("DROP TABLE file_removals")
    op.execute("DROP INDEX idx_comfyui_generations_deleted")
    op.execute("DROP INDEX idx_comfyui_generations_rerun_of")
    op.execute("DROP INDEX idx_media_deleted")
    op.execute("DROP INDEX idx_media_unused")
    op.execute("ALTER TABLE media DROP COLUMN used_at, DROP COLUMN missing_at")
