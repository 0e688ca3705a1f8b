-- The tables of the earlier Node server, as its documentation gives them (14 migrations).
CREATE TABLE provider_settings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), provider varchar NOT NULL UNIQUE, api_key text NOT NULL,
    endpoint_url varchar, default_model varchar, last_tested timestamp, status varchar DEFAULT 'unknown',
    error_message text, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE profiles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(255) NOT NULL, description text,
    type varchar(50) NOT NULL, provider varchar(50) NOT NULL, api_key text, url varchar(500), options jsonb,
    prompt_template text, input_modalities text DEFAULT '["text"]', output_modalities text DEFAULT '["text"]',
    created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE profile_models (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), profile_id uuid NOT NULL REFERENCES profiles ON DELETE CASCADE,
    model_id varchar(255) NOT NULL, name varchar(255), input_modalities text DEFAULT '["text"]',
    output_modalities text DEFAULT '["text"]', created_at timestamp NOT NULL DEFAULT now(),
    UNIQUE (profile_id, model_id)
);
CREATE TABLE tasks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(255) NOT NULL, type varchar(50) NOT NULL,
    provider varchar(50) NOT NULL, prompt text NOT NULL, options jsonb, status varchar(20) NOT NULL DEFAULT 'pending',
    progress integer NOT NULL DEFAULT 0, error text, created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now(), completed_at timestamp
);
CREATE TABLE results (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), task_id uuid NOT NULL UNIQUE REFERENCES tasks ON DELETE CASCADE,
    type varchar(50) NOT NULL, content text NOT NULL, metadata jsonb,
    created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE conversations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title varchar(255) NOT NULL, provider varchar(50) NOT NULL,
    model varchar(255) NOT NULL, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TYPE message_role AS ENUM ('user', 'assistant', 'system');
CREATE TABLE messages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE, role message_role NOT NULL,
    content text NOT NULL, created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE comfyui_workflows (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), profile_id uuid REFERENCES profiles ON DELETE CASCADE,
    name varchar(255) NOT NULL, description text, workflow_json text NOT NULL, default_parameters jsonb DEFAULT '{}',
    extracted_parameters jsonb DEFAULT '[]', thumbnail_url varchar(500), is_default boolean NOT NULL DEFAULT false,
    generation_count integer NOT NULL DEFAULT 0, created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE comfyui_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), profile_id uuid REFERENCES profiles ON DELETE CASCADE,
    title varchar(255) NOT NULL, current_workflow_id uuid REFERENCES comfyui_workflows ON DELETE SET NULL,
    last_parameters jsonb DEFAULT '{}', generation_count integer NOT NULL DEFAULT 0,
    completed_count integer NOT NULL DEFAULT 0, failed_count integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL DEFAULT now(), updated_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE comfyui_generations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), session_id uuid REFERENCES comfyui_sessions ON DELETE CASCADE,
    workflow_id uuid REFERENCES comfyui_workflows ON DELETE CASCADE, prompt_id varchar(255),
    workflow_json_snapshot text, prompt_text text, negative_prompt text, parameters jsonb DEFAULT '{}',
    width integer, height integer, steps integer, cfg_scale float, seed bigint, sampler_name varchar(50),
    scheduler varchar(50), batch_size integer NOT NULL DEFAULT 1, checkpoint_name varchar(255),
    loras_used jsonb DEFAULT '[]', outputs text, status varchar(20) NOT NULL DEFAULT 'pending', error text,
    generation_time_seconds float, batch_index integer NOT NULL DEFAULT 0,
    created_at timestamp NOT NULL DEFAULT now(), completed_at timestamp
);
