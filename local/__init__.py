"""The whole router on this machine: the real template, deployed to an emulator of AWS."""
