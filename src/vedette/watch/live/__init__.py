"""Live updates over WebSocket with shared subscriptions."""
