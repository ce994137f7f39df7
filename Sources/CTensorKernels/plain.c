// The set that every processor has: the compiler's baseline, and the twin that the other sets are tested against.
#include "include/tensor_kernels.h"

#include <math.h>

// Vectors of eight floats are passed only between functions of this file.
#pragma clang diagnostic ignored "-Wpsabi"

#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_plain
#define TK_LANES 8
#define TK_NAME "plain"
#include "bodies.inc"

const tk_kernels *tk_kernels_plain(void) { return &table_plain; }

void tk_spin_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
