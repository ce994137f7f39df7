// AVX-512 F, BW, DQ and VL: Skylake-X and Zen 4, or later.
#include "include/tensor_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,prefer-256-bit"))), apply_to = function)
#define TK_F16C
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_avx512
#define TK_LANES 8
#define TK_NAME "avx512"
#define TK_AVX512
#define TK_AVX2
#include "bodies.inc"
#pragma clang attribute pop

const tk_kernels *tk_kernels_avx512(void) {
  const int supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return supported ? &table_avx512 : 0;
}
#else
const tk_kernels *tk_kernels_avx512(void) { return 0; }
#endif
