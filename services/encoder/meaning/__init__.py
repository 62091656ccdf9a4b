"""Search by meaning: an optional adapter that turns words into vectors and finds the nearest names of codes.

Needs the extra `meaning`. Nothing outside this package imports numpy or the tokenizer, and without them search answers
by words alone.
"""

import os

# For numpy's OpenBLAS, which asks when it is loaded. A question's matrices are small and questions come at the same
# time: threads that wait for one another inside one made each ten times slower on a busy machine. The building of
# vectors takes a thread for each core itself.
os.putenv("OPENBLAS_NUM_THREADS", "1")
