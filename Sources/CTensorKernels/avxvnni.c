// AVX2 with products of four bytes (AVX-VNNI): Alder Lake and Zen 5, or later.
#include "include/tensor_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#define TK_F16C
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_avxvnni
#define TK_LANES 8
#define TK_NAME "avxvnni"
#define TK_AVX2
#define TK_DOT_BYTES
#include "bodies.inc"
#pragma clang attribute pop

const tk_kernels *tk_kernels_avxvnni(void) {
  const int supported = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
      && __builtin_cpu_supports("avxvnni");
  return supported ? &table_avxvnni : 0;
}
#else
const tk_kernels *tk_kernels_avxvnni(void) { return 0; }
#endif
