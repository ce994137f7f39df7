// Tile products of bfloat16 by a processor's matrix unit (AMX: Sapphire Rapids, or later).
//
// A panel is a tile of the unit as it lies: 16 pairs of columns by 16 rows, 64 bytes for each pair. Two panels by 16 tokens take four
// of the eight tiles, though eight could do with fewer loads: tiles are renamed, out of registers that a core's two threads share. With
// eight in use a load waits for the products before it, and a core whose other thread is busy multiplies at half the speed.
#include "include/bfloat_tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TILE_DEPTH 32
#define TILE_TOKENS 16
// Of two panels so many columns stay in the first-level cache, beside the tokens that pass.
#define CACHED_DEPTH 320

#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16"))), apply_to = function)

#define TILE_INLINE static inline __attribute__((always_inline))

// Sums of two panels are tiles 0 and 1, tokens are tile 2, columns tile 3.
TILE_INLINE void configure(size_t tokens) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  } shapes;
  memset(&shapes, 0, sizeof shapes);
  const uint8_t rows[4] = {(uint8_t)tokens, (uint8_t)tokens, (uint8_t)tokens, TILE_DEPTH / 2};
  shapes.palette = 1;
  memcpy(shapes.rows, rows, sizeof rows);
  for (int tile = 0; tile < 4; tile++) shapes.row_bytes[tile] = 64;
  _tile_loadconfig(&shapes);
}

// One or two panels, a constant once this is inlined, by the tokens of a tile.
TILE_INLINE void tile(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, float *y, size_t y_stride,
    int keep, const int panels) {
  if (keep) {
    _tile_loadd(0, y, 4 * y_stride);
    if (panels == 2) _tile_loadd(1, y + 16, 4 * y_stride);
  } else {
    _tile_zero(0);
    _tile_zero(1);
  }
  for (size_t i = 0; i < k; i += TILE_DEPTH) {
    _tile_loadd(2, x + i, 2 * x_stride);
    _tile_loadd(3, panel + i * 16, 64);
    _tile_dpbf16ps(0, 2, 3);
    if (panels == 2) {
      _tile_loadd(3, panel + panel_stride + i * 16, 64);
      _tile_dpbf16ps(1, 2, 3);
    }
  }
  _tile_stored(0, y, 4 * y_stride);
  if (panels == 2) _tile_stored(1, y + 16, 4 * y_stride);
}

// All tokens by one or two panels.
TILE_INLINE void sweep(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, size_t tokens, float *y,
    size_t y_stride, int keep, const int panels) {
  for (; tokens >= TILE_TOKENS; tokens -= TILE_TOKENS) {
    tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels);
    x += TILE_TOKENS * x_stride, y += TILE_TOKENS * y_stride;
  }
  if (tokens == 0) return;
  configure(tokens);
  tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels);
  configure(TILE_TOKENS);
}

// Parts of nearly the same depth: a short last one would load and store sums for few products.
TILE_INLINE size_t part_depth(size_t k) {
  const size_t parts = (k + CACHED_DEPTH - 1) / CACHED_DEPTH, tiles = k / TILE_DEPTH;
  return (tiles + parts - 1) / parts * TILE_DEPTH;
}

static void tile_bfloats_amx(
    const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
    size_t tokens, float *y, size_t y_stride, int keep) {
  const size_t whole = k / TILE_DEPTH * TILE_DEPTH;
  if (whole > 0) {
    const size_t part = part_depth(whole);
    configure(TILE_TOKENS);
    for (size_t p = 0; p < panels; p += 2) {
      for (size_t i = 0; i < whole; i += part) {
        const uint16_t *columns = panel + p * panel_stride + i * 16;
        const size_t depth = whole - i < part ? whole - i : part;
        const int kept = keep || i > 0;
        if (p + 1 < panels) {
          sweep(columns, panel_stride, depth, x + i, x_stride, tokens, y + p * 16, y_stride, kept, 2);
        } else {
          sweep(columns, panel_stride, depth, x + i, x_stride, tokens, y + p * 16, y_stride, kept, 1);
        }
      }
    }
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
