// Tile products of bfloat16 with float32 sums, for processors that multiply pairs of them (AVX-512 BF16: Zen 4, Cooper
// Lake, Sapphire Rapids, or later) or whole tiles (AMX: Sapphire Rapids, or later). They are no part of an instruction
// set's table: a processor has them or not.
#ifndef BFLOAT_TILES_H
#define BFLOAT_TILES_H

#include <stddef.h>
#include <stdint.h>

typedef struct tk_bfloat_kernels {
  // y[token][16 p + r] = sum over k of panel_p[k / 2][r][k % 2] * x[token][k], or that added to what y holds (`keep`).
  //
  // `panels` panels of 16 rows side by side, `panel_stride` numbers apart; k is even, and strides are in numbers.
  void (*tile)(
      const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
      size_t tokens, float *y, size_t y_stride, int keep);

  // Rounds to nearest even.
  void (*round)(const float *x, size_t count, uint16_t *out);

  // Rounds a float32 panel `[k][16]` and lays two neighbouring columns side by side, `[(k + 1) / 2][16][2]`; a last column
  // without a partner gets zeros.
  void (*pair)(const float *panel, size_t k, uint16_t *out);

  // The same of a panel of float16.
  void (*pair_halves)(const uint16_t *panel, size_t k, uint16_t *out);

  // Rounds `count` rows of k numbers, at most 16, to a panel of pairs; other lanes stay as they are.
  void (*pair_rows)(const float *rows, size_t stride, size_t count, size_t k, uint16_t *panel);

  // Rounds `count` rows of k numbers and turns them: out[i][row], `out_stride` apart.
  void (*round_columns)(const float *rows, size_t stride, size_t count, size_t k, uint16_t *out, size_t out_stride);

  // Rounds `count` rows to panels of 16 columns each, two neighbouring rows side by side, from their first places on; the last
  // panel is written in full, and a last row without a partner gets zeros.
  void (*pair_columns)(
      const float *rows, size_t stride, size_t count, size_t columns, uint16_t *panels, size_t panel_stride);
} tk_bfloat_kernels;

// NULL where the processor lacks the instructions.
const tk_bfloat_kernels *tk_bfloats_avx512(void);
const tk_bfloat_kernels *tk_bfloats_amx(void);

// The twin that the other is tested against; every processor has it.
const tk_bfloat_kernels *tk_bfloats_plain(void);

#endif
