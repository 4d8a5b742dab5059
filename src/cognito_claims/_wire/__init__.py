"""The format in which values are sent and received: base models, field types, parsing."""
