"""One module per provider format, with the SDKs' errors, keys and schemas."""
