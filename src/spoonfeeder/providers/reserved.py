"""Names that no option of a call may have, whatever its provider: we decide them, or they choose a target (A17)."""

RESERVED_OPTIONS = frozenset(
    {
        "contents",
        "extra_body",
        "extra_headers",
        "extra_query",
        "function_call",
        "functions",
        "input",
        "messages",
        "model",
        "n",
        "prompt",
        "stream",
        "stream_options",
        "system",
        "system_instruction",
        "timeout",
        "tool_choice",
        "tool_config",
        "tools",
    }
)
