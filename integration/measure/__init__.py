"""What can be read off pictures by arithmetic: how far one keeps a layout, its tone, and how like it is to another."""
