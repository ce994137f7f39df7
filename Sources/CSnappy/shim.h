// The C interface of Snappy 1.1.
#include <snappy-c.h>
