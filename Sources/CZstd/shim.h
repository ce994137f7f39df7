// libzstd 1.4 or later, which reads Zstandard.
#include <zstd.h>
