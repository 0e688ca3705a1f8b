"""The page in the browser: frontend/'s build in `dist/`, served beside the API."""
