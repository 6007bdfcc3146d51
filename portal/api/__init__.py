"""The JSON API under /api/v1 (api.md): its routes, who asks, and what bodies and parameters say."""
