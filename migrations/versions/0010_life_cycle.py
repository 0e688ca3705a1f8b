"""The trigger that holds the moves of a life cycle: an end is never left, progress never goes back."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DONE_WORDS = {"tasks": "complete", "comfyui_generations": "completed"}


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION hold_life_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            done CONSTANT text := TG_ARGV[0];
            next_run CONSTANT boolean := TG_TABLE_NAME = 'tasks' AND OLD.status IN ('failed', 'cancelled')
                AND NEW.status = 'pending' AND NEW.run = OLD.run + 1;
        BEGIN
            IF next_run THEN
                RETURN NEW;
            END IF;
            IF OLD.status IN (done, 'failed', 'cancelled') AND NEW.status <> OLD.status THEN
                RAISE EXCEPTION '% % has ended as % and cannot become %',
                    TG_TABLE_NAME, OLD.id, OLD.status, NEW.status
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'life_cycle', TABLE = TG_TABLE_NAME;
            END IF;
            IF NEW.run <> OLD.run OR NEW.progress < OLD.progress THEN
                RAISE EXCEPTION '% %: run % at % cannot become run % at %',
                    TG_TABLE_NAME, OLD.id, OLD.run, OLD.progress, NEW.run, NEW.progress
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'life_cycle', TABLE = TG_TABLE_NAME;
            END IF;
            RETURN NEW;
        END
        $$
        """
    )
    for table, done in DONE_WORDS.items():
        op.execute(
            f"""
            CREATE TRIGGER life_cycle BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (OLD.status <> NEW.status OR OLD.run <> NEW.run OR OLD.progress > NEW.progress)
            EXECUTE FUNCTION hold_life_cycle('{done}')
            """
        )


def downgrade() -> None:
    for table in reversed(DONE_WORDS):
        op.execute(f"DROP TRIGGER life_cycle ON {table}")
    op.execute("DROP FUNCTION hold_life_cycle()")
