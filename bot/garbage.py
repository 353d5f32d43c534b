"""Python's search for garbage, which pauses from the import of this module on until `resume`.

Nothing of what a start imports is ever thrown away, and a fifth of a start went into looking for it.
"""

import gc

gc.disable()


def resume() -> None:
    """Everything has been imported: look for garbage again, and not among that."""
    gc.freeze()
    gc.enable()
