"""Trains the studio's own style, a LoRA adapter of a Look, on boards whose artists consented to it."""
