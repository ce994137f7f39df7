// AVX-512 with products of four bytes (VNNI), in vectors of 64 bytes: Ice Lake and Zen 4, or later.
#include "include/tensor_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)
#define TK_F16C
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_avx512vnni
#define TK_LANES 16
#define TK_NAME "avx512vnni"
#define TK_AVX512
#define TK_AVX2
#define TK_DOT_BYTES
#include "bodies.inc"
#pragma clang attribute pop

const tk_kernels *tk_kernels_avx512vnni(void) {
  const int supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512vnni");
  return supported ? &table_avx512vnni : 0;
}
#else
const tk_kernels *tk_kernels_avx512vnni(void) { return 0; }
#endif
