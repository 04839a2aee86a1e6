"""Pictures of templates: a shop's own ones kept in its store, others fetched behind a guard and kept for bad days."""
