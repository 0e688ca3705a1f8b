"""The AI providers behind one small vocabulary; each adapter is one file."""
