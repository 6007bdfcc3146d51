"""The OpenAPI document: constants, put together per site."""
