// zlib 1.2, which reads gzip.
#include <zlib.h>
