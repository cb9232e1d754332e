"""Resources of the plain shape, read quickly and exactly as the tolerant translators would."""
