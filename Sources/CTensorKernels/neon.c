// NEON: every processor of ARMv8-A, or later.
#include "include/tensor_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <math.h>

#define TK_NEON
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_neon
#define TK_LANES 8
#define TK_NAME "neon"
#include "bodies.inc"

const tk_kernels *tk_kernels_neon(void) { return &table_neon; }
#else
const tk_kernels *tk_kernels_neon(void) { return 0; }
#endif
