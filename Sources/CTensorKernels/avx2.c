// AVX2 with FMA and F16C: Haswell and Zen, or later.
#include "include/tensor_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define TK_F16C
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_avx2
#define TK_LANES 8
#define TK_NAME "avx2"
#define TK_AVX2
#include "bodies.inc"
#pragma clang attribute pop

const tk_kernels *tk_kernels_avx2(void) {
  const int supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
  return supported ? &table_avx2 : 0;
}
#else
const tk_kernels *tk_kernels_avx2(void) { return 0; }
#endif
