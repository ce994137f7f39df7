// Tile products of bfloat16 by a processor's matrix unit (AMX: Sapphire Rapids, or later).
//
// A panel is a tile of the unit as it lies: 16 pairs of columns by 16 rows, 64 bytes for each pair. Two panels by 32 tokens fill the
// eight tiles: four of sums, two of columns, two of tokens.
#include "include/bfloat_tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TILE_DEPTH 32
#define TILE_TOKENS 16

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16"))), apply_to = function)

#define TILE_INLINE static inline __attribute__((always_inline))

// Sums of two panels by up to 32 tokens are tiles 0 to 3, tokens 4 and 5, columns 6 and 7.
TILE_INLINE void configure(size_t tokens) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } shapes;
  memset(&shapes, 0, sizeof shapes);
  const uint8_t first = tokens < TILE_TOKENS ? (uint8_t)tokens : TILE_TOKENS;
  // A tile of no rows is not allowed: where there are no further tokens its sums are not used.
  const uint8_t second = tokens > TILE_TOKENS ? (uint8_t)(tokens - TILE_TOKENS) : 1;
  const uint8_t rows[8] = {first, first, second, second, first, second, TILE_DEPTH / 2, TILE_DEPTH / 2};
  shapes.palette = 1;
  memcpy(shapes.rows, rows, sizeof rows);
  for (int tile = 0; tile < 8; tile++) shapes.row_bytes[tile] = 64;
  _tile_loadconfig(&shapes);
}

// One or two panels by one or two tiles of tokens, all constants once this is inlined.
TILE_INLINE void tile(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, float *y, size_t y_stride,
    int keep, const int panels, const int blocks) {
  float *const below = y + TILE_TOKENS * y_stride;
  if (keep) {
    _tile_loadd(0, y, 4 * y_stride);
    if (panels == 2) _tile_loadd(1, y + 16, 4 * y_stride);
    if (blocks == 2) _tile_loadd(2, below, 4 * y_stride);
    if (blocks == 2 && panels == 2) _tile_loadd(3, below + 16, 4 * y_stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (size_t i = 0; i < k; i += TILE_DEPTH) {
    _tile_loadd(4, x + i, 2 * x_stride);
    _tile_loadd(6, panel + i * 16, 64);
    _tile_dpbf16ps(0, 4, 6);
    if (panels == 2) {
      _tile_loadd(7, panel + panel_stride + i * 16, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (blocks == 2) {
      _tile_loadd(5, x + TILE_TOKENS * x_stride + i, 2 * x_stride);
      _tile_dpbf16ps(2, 5, 6);
      if (panels == 2) _tile_dpbf16ps(3, 5, 7);
    }
  }
  _tile_stored(0, y, 4 * y_stride);
  if (panels == 2) _tile_stored(1, y + 16, 4 * y_stride);
  if (blocks == 2) _tile_stored(2, below, 4 * y_stride);
  if (blocks == 2 && panels == 2) _tile_stored(3, below + 16, 4 * y_stride);
}

// All tokens by one or two panels, which stay in the first-level cache meanwhile.
TILE_INLINE void sweep(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, size_t tokens, float *y,
    size_t y_stride, int keep, const int panels) {
  for (; tokens >= 2 * TILE_TOKENS; tokens -= 2 * TILE_TOKENS) {
    tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels, 2);
    x += 2 * TILE_TOKENS * x_stride, y += 2 * TILE_TOKENS * y_stride;
  }
  if (tokens == 0) return;
  configure(tokens);
  if (tokens > TILE_TOKENS) {
    tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels, 2);
  } else {
    tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels, 1);
  }
  configure(2 * TILE_TOKENS);
}

static void tile_bfloats_amx(
    const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
    size_t tokens, float *y, size_t y_stride, int keep) {
  const size_t whole = k / TILE_DEPTH * TILE_DEPTH;
  if (whole > 0) {
    configure(2 * TILE_TOKENS);
    size_t p = 0;
    for (; p + 2 <= panels; p += 2) {
      sweep(panel + p * panel_stride, panel_stride, whole, x, x_stride, tokens, y + p * 16, y_stride, keep, 2);
    }
    if (p < panels) sweep(panel + p * panel_stride, panel_stride, whole, x, x_stride, tokens, y + p * 16, y_stride, keep, 1);
    _tile_release();
  }
  if (whole < k) {
    tk_bfloats_avx512()->tile(
        panel + whole * 16, panels, panel_stride, k - whole, x + whole, x_stride, tokens, y, y_stride, keep || whole > 0);
  }
}
#pragma clang attribute pop

// Whether the processor has the unit, and the system lets the process use its registers.
static int has_matrix_unit(void) {
  enum { request_permission = 0x1023, tile_data = 18, amx_bf16 = 1 << 22, amx_tile = 1 << 24 };
  unsigned a, b, c, d;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & (amx_bf16 | amx_tile)) != (amx_bf16 | amx_tile)) return 0;
  return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

const tk_bfloat_kernels *tk_bfloats_amx(void) {
  static tk_bfloat_kernels kernels;
  const tk_bfloat_kernels *vectors = tk_bfloats_avx512();
  if (!vectors || !has_matrix_unit()) return 0;
  kernels = *vectors;
  kernels.tile = tile_bfloats_amx;
  return &kernels;
}
#else
const tk_bfloat_kernels *tk_bfloats_amx(void) { return 0; }
#endif
