"""Pictures from people: opened safely, and genzu sheets registered."""
