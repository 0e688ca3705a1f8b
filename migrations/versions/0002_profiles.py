"""Provider settings, profiles and their models."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE provider_settings (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            provider VARCHAR(50) NOT NULL,
            api_key TEXT NOT NULL,
            endpoint_url VARCHAR(500),
            default_model VARCHAR(255),
            last_tested TIMESTAMP WITH TIME ZONE,
            status VARCHAR(20) DEFAULT 'unknown' NOT NULL,
            error_message TEXT,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_provider_settings PRIMARY KEY (id),
            CONSTRAINT uq_provider_settings_workspace_id_provider UNIQUE (workspace_id, provider),
            CONSTRAINT ck_provider_settings_status CHECK (status IN ('connected', 'disconnected', 'error', 'unknown')),
            CONSTRAINT fk_provider_settings_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE profiles (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            name VARCHAR(255) NOT NULL,
            description TEXT,
            type VARCHAR(50) NOT NULL,
            provider VARCHAR(50) NOT NULL,
            api_key TEXT,
            url VARCHAR(500),
            options JSONB,
            prompt_template TEXT,
            input_modalities TEXT DEFAULT '["text"]' NOT NULL,
            output_modalities TEXT DEFAULT '["text"]' NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            deleted_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_profiles PRIMARY KEY (id),
            CONSTRAINT fk_profiles_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_profiles_workspace_id_created_at ON profiles (workspace_id, created_at)")
    op.execute(
        """
        CREATE TABLE profile_models (
            id UUID DEFAULT gen_random_uuid() NOT NULL,
            profile_id UUID NOT NULL,
            model_id VARCHAR(255) NOT NULL,
            name VARCHAR(255),
            input_modalities TEXT DEFAULT '["text"]' NOT NULL,
            output_modalities TEXT DEFAULT '["text"]' NOT NULL,
            workspace_id UUID NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT pk_profile_models PRIMARY KEY (id),
            CONSTRAINT uq_profile_models_profile_id_model_id UNIQUE (profile_id, model_id),
            CONSTRAINT fk_profile_models_profile_id FOREIGN KEY (profile_id)
                REFERENCES profiles (id) ON DELETE CASCADE,
            CONSTRAINT fk_profile_models_workspace_id FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
        )
        """
    )
    op.execute("CREATE INDEX idx_profile_models_workspace_id ON profile_models (workspace_id)")


def downgrade() -> None:
    op.execute("DROP TABLE profile_models")
    op.execute("DROP TABLE profiles")
    op.execute("DROP TABLE provider_settings")
