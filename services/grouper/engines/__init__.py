"""The engine that knows the MS-DRG definitions, in a thread of this process or in a pool of worker processes."""
