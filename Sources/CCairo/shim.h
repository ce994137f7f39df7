// Cairo 1.16 or later, which draws figures, and the zlib that Cairo's own PNG support stands on.
#include <cairo.h>
#include <zlib.h>
