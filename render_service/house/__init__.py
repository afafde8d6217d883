"""The house model: a small diffusion cascade taught only by pictures that our own painter paints."""
