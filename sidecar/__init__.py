"""Keep an agent's conversations: answered means durable, and never half."""

__version__ = "0.1.0"
