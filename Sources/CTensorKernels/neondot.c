// NEON with products of four bytes (ARMv8.2 DotProd): Cortex-A55 and A76, Neoverse N1, Apple A13 and M1, or later.
#include "include/tensor_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <math.h>

#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define TK_NEON
#include "scalars.h"
#include "layouts.h"

#define TK(name) name##_neondot
#define TK_LANES 8
#define TK_NAME "neondot"
#define TK_DOT_BYTES
#include "bodies.inc"
#pragma clang attribute pop

const tk_kernels *tk_kernels_neondot(void) {
#if defined(__linux__)
  return getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? &table_neondot : 0;
#elif defined(__APPLE__)
  return &table_neondot;  // All Macs with an ARM processor have it.
#else
  return 0;
#endif
}
#else
const tk_kernels *tk_kernels_neondot(void) { return 0; }
#endif
