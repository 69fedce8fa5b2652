"""gettext catalogues, one a language."""
