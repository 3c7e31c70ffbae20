"""Runs the whole router on this machine: the real template, deployed to an AWS emulator."""
