"""The HTTP API as a whole: endpoints, schemas, OpenAPI document, feedback and page."""
