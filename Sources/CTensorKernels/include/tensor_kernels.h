// The inner loops of the engine: small functions over plain arrays, one set for each instruction set.
//
// Every set is compiled from the same bodies (`*.inc`), so the plain set is the twin against which the others are
// tested. `tk_kernels_plain` runs everywhere; the other getters return NULL where the processor lacks the set.
#ifndef TENSOR_KERNELS_H
#define TENSOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "prefetching.h"
#include "roofline.h"
#include "thread_waiting.h"

// Decodes `count` elements (a multiple of the block size) of packed blocks to float32.
typedef void (*tk_decode)(const uint8_t *blocks, size_t count, float *out);

// Encodes `count` elements (a multiple of the block size); returns whether a block got a number that is not finite.
typedef int (*tk_encode)(const float *x, size_t count, uint8_t *blocks);

// y[row] = row · x for packed rows of `columns` elements, whole blocks.
typedef void (*tk_products)(const uint8_t *blocks, size_t rows, size_t columns, const float *x, float *y);

// Formats whose rows can be interleaved to strips.
typedef enum tk_interleaved {
  tk_interleaved_q4_0, tk_interleaved_q4_1, tk_interleaved_q5_0, tk_interleaved_q5_1, tk_interleaved_q8_0,
  tk_interleaved_q2_K, tk_interleaved_q3_K, tk_interleaved_q4_K, tk_interleaved_q5_K, tk_interleaved_q6_K,
  tk_interleaved_iq4_nl, tk_interleaved_iq4_xs, tk_interleaved_nf4, tk_interleaved_fp4, tk_interleaved_int8,
} tk_interleaved;

// Packed rows, `row_bytes` apart. Scales that stand apart: one for `scale_columns` columns, a row's from
// `scales_per_row` times its index on; NULL where the blocks hold them.
typedef struct tk_packed_rows {
  const uint8_t *blocks;
  size_t row_bytes;
  const float *scales;
  size_t scales_per_row, scale_columns;
} tk_packed_rows;

// What a tile's outlier counts beyond its code, in 128ths: a high byte at its place among the columns 4 group … 4 group + 3;
// four zeros in a tile without an outlier.
typedef struct tk_outlier {
  int8_t codes[4];
  uint32_t group;
} tk_outlier;

// Activations in 8 bits. One token: codes[column]; more: blocks of four tokens, codes[column / 4][token][column % 4].
// scales[column / 32][token], and so the outliers; sums are scale times the sum of 32 numbers, half_sums of 16.
typedef struct tk_activations {
  int8_t *codes;
  float *scales, *sums, *half_sums;
  tk_outlier *outliers;
} tk_activations;

typedef struct tk_kernels {
  const char *name;

  // Strips: `strip_rows` rows whose columns lie side by side, so that a vector holds the same columns of many rows.
  size_t strip_rows;
  // Bytes of a strip; `columns` are whole blocks.
  size_t (*strip_bytes)(tk_interleaved format, size_t columns);
  // Writes one strip of `rows` rows, at most strip_rows; the others become zero.
  void (*interleave)(tk_interleaved format, const tk_packed_rows *source, size_t rows, size_t columns, uint8_t *out);
  // Rounds up to `width` tokens, `stride` apart: the only one (1), or a block of several (4).
  void (*round_tokens)(
      const float *x, size_t stride, size_t tokens, size_t width, size_t columns, const tk_activations *out);
  // y[token][row] = row · x for the rows of consecutive strips; tokens lie `stride` apart in y.
  void (*multiply_strips)(
      tk_interleaved format, const uint8_t *strips, size_t rows, size_t columns, const tk_activations *x,
      size_t tokens, float *y, size_t stride);
  // Unpacks a strip to panels of 16 rows in bfloat16, `[columns / 2][16][2]`; panels lie `panel_stride` numbers apart.
  void (*unpack_strip)(
      tk_interleaved format, const uint8_t *strip, size_t columns, uint16_t *panels, size_t panel_stride);

  // Block formats, as ggml lays them out (little-endian, scales in float16).
  tk_decode decode_f32, decode_f16, decode_bf16;
  tk_decode decode_q4_0, decode_q4_1, decode_q5_0, decode_q5_1, decode_q8_0;
  tk_decode decode_q2_K, decode_q3_K, decode_q4_K, decode_q5_K, decode_q6_K;
  tk_decode decode_iq4_nl, decode_iq4_xs, decode_mxfp4, decode_tq1_0, decode_tq2_0;

  tk_encode encode_f32, encode_f16, encode_bf16, encode_q4_0, encode_q8_0;

  tk_products products_f32, products_f16, products_bf16;
  tk_products products_q4_0, products_q4_1, products_q5_0, products_q5_1, products_q8_0;
  tk_products products_q4_K, products_q5_K, products_q6_K;

  // NormalFloat codes, two to a byte, the first in the high nibble; `count` is even: out[i] = levels[code[i]] * scale.
  void (*decode_nibbles)(const uint8_t *codes, size_t count, const float *levels, float scale, float *out);

  // The same for blocks of an even number of elements with a scale each; the last one may be shorter.
  void (*decode_nibble_blocks)(
      const uint8_t *codes, size_t count, size_t block_size, const float *levels, const float *scales, float *out);

  // code[i] = number of `thresholds` (15, ascending) that lie below clamp(x[i] * inverse, -1, 1); one byte a code.
  void (*encode_nibbles)(const float *x, size_t count, float inverse, const float *thresholds, uint8_t *codes);

  // y[row] = row · x for rows of NormalFloat codes, one scale for each `block_size` (a multiple of 16) elements of a row.
  void (*products_nibbles)(
      const uint8_t *codes, const float *scales, size_t block_size, size_t rows, size_t columns, const float *levels,
      const float *x, float *y);

  // Signed bytes with one scale: out[i] = codes[i] * largest / 127, and back, rounded to nearest even.
  void (*decode_int8)(const int8_t *codes, size_t count, float largest, float *out);
  void (*encode_int8)(const float *x, size_t count, float largest, int8_t *codes);

  // A little-endian stream of codes of 2, 3, 4 or 8 `bits` to one byte each; the codes fill whole bytes.
  void (*unpack_codes)(const uint8_t *packed, size_t count, int bits, uint8_t *codes);

  // out[i] = (codes[i] - zero) * scale, with one zero and scale or those of the element's group.
  void (*scale_codes)(const uint8_t *codes, size_t count, float zero, float scale, float *out);
  void (*scale_indexed_codes)(
      const uint8_t *codes, size_t count, const int32_t *group, const float *zeros, const float *scales, float *out);

  float (*largest_magnitude)(const float *x, size_t count);
  float (*dot)(const float *a, const float *b, size_t count);
  float (*sum_of_squares)(const float *x, size_t count);

  // y += a * x
  void (*add_scaled)(float a, const float *x, float *y, size_t count);

  // x = exp(x - maximum) in place; returns the sum of the results.
  float (*exponentials)(float *x, float maximum, size_t count);

  float (*maximum)(const float *x, size_t count);

  // Panels: 16 rows of a matrix side by side, `[k][16]`; `panels` of them lie `panel_stride` numbers apart.
  // y[token][16 p + r] = sum over k of panel_p[k][r] * x[token][k], or that added to what y holds (`keep`).
  void (*tile_floats)(
      const float *panel, size_t panels, size_t panel_stride, size_t k, const float *x, size_t x_stride, size_t tokens,
      float *y, size_t y_stride, int keep);
  void (*tile_halves)(
      const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const float *x, size_t x_stride,
      size_t tokens, float *y, size_t y_stride, int keep);

  // Writes `count` rows of k numbers, at most 16, into the first lanes of a panel; other lanes stay as they are.
  void (*pack_rows_f32)(const float *rows, size_t stride, size_t count, size_t k, float *panel);
  void (*pack_rows_f16)(const float *rows, size_t stride, size_t count, size_t k, uint16_t *panel);
  void (*interleave_halves)(const uint16_t *rows, size_t stride, size_t count, size_t k, uint16_t *panel);
  // Bytes, and a float16 scale for each 32 numbers of a row, `[k / 32][16]`; k is a multiple of 32.
  void (*pack_rows_q8)(const float *rows, size_t stride, size_t count, size_t k, int8_t *panel, uint16_t *scales);
  void (*decode_rows_q8)(const int8_t *panel, const uint16_t *scales, size_t k, float *out);

  // Writes `count` rows into panels of 16 columns each, from their first places on.
  void (*pack_columns_f32)(
      const float *rows, size_t stride, size_t count, size_t columns, float *panels, size_t panel_stride);
  void (*pack_columns_f16)(
      const float *rows, size_t stride, size_t count, size_t columns, uint16_t *panels, size_t panel_stride);
  // Bytes in panels of `height` rows; scales `[columns / 32][height]`. Columns are a multiple of 32.
  void (*pack_columns_q8)(
      const float *rows, size_t stride, size_t count, size_t columns, int8_t *panels, uint16_t *scales, size_t height);
  // The first rows of one panel of columns.
  void (*decode_columns_q8)(const int8_t *panel, const uint16_t *scales, size_t rows, float *out);

  // Tile products over such panels as they are, for few tokens: `count` panels of rows, y written; panels of `columns`
  // columns and of `height` rows, k of them from the first given on, added to y.
  void (*tile_rows_q8)(
      const int8_t *panels, const uint16_t *scales, size_t count, size_t k, const float *x, size_t x_stride,
      size_t tokens, float *y, size_t y_stride);
  void (*tile_columns_q8)(
      const int8_t *panels, const uint16_t *scales, size_t columns, size_t height, size_t k, const float *x,
      size_t x_stride, size_t tokens, float *y, size_t y_stride);

  // Some more scores of a row: x = exp(x - m) with m the largest of all so far, which `maximum` holds (-infinity at
  // first); `sum` is the sum of all so far. Returns what everything summed up before has to be multiplied by.
  float (*online_softmax)(float *x, size_t count, float *maximum, float *sum);

  // A part of the gradient of a softmax, written over dP: gradients = factor * weights * (gradients - along)
  void (*softmax_backward)(const float *weights, float *gradients, size_t count, float along, float factor);

  // out[column][row] = x[row][column]
  void (*transpose)(
      const float *x, size_t stride, size_t rows, size_t columns, float *out, size_t out_stride);

  // x *= factor
  void (*scale)(float factor, float *x, size_t count);

  // out = silu(gate) * up
  void (*silu_product)(const float *gate, const float *up, float *out, size_t count);

  // The gradients of silu_product, written over gate and up.
  void (*silu_product_backward)(float *gate, float *up, const float *d_out, size_t count);

  // Turns `heads` heads of 2 half numbers side by side: number i and number i + half by the angle of cosines[i] and sines[i], or
  // back (`direction` -1 instead of 1).
  void (*rotate_halves)(
      float *x, size_t heads, size_t half, const float *cosines, const float *sines, float direction);
} tk_kernels;

const tk_kernels *tk_kernels_plain(void);
const tk_kernels *tk_kernels_avx2(void);
const tk_kernels *tk_kernels_avxvnni(void);
const tk_kernels *tk_kernels_avx512(void);
const tk_kernels *tk_kernels_avx512vnni(void);
const tk_kernels *tk_kernels_neon(void);
const tk_kernels *tk_kernels_neondot(void);

// Tells the processor that this is a spin loop.
void tk_spin_pause(void);

#endif
