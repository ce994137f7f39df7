// Tile products of bfloat16: panels of 16 rows, two neighbouring columns of each side by side in a 32-bit lane.
#include "include/bfloat_tiles.h"

#include <string.h>

#include "scalars.h"

static float value(uint16_t bits) { return tk_float_from_bits((uint32_t)bits << 16); }

static void tile_bfloats_plain(
    const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
    size_t tokens, float *y, size_t y_stride, int keep) {
  for (size_t token = 0; token < tokens; token++) {
    for (size_t row = 0; row < 16 * panels; row++) {
      const uint16_t *weights = panel + row / 16 * panel_stride + row % 16 * 2;
      float sum = keep ? y[token * y_stride + row] : 0;
      for (size_t i = 0; i < k; i++) sum += value(weights[i / 2 * 32 + i % 2]) * value(x[token * x_stride + i]);
      y[token * y_stride + row] = sum;
    }
  }
}

// To nearest even; what is no number stays none.
static uint16_t rounded(float x) {
  const uint32_t bits = tk_bits_from_float(x);
  if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void round_plain(const float *x, size_t count, uint16_t *out) {
  for (size_t i = 0; i < count; i++) out[i] = rounded(x[i]);
}

static void pair_plain(const float *panel, size_t k, uint16_t *out) {
  for (size_t i = 0; i < (k + 1) / 2 * 2; i++) {
    for (size_t row = 0; row < 16; row++) out[i / 2 * 32 + row * 2 + i % 2] = i < k ? rounded(panel[i * 16 + row]) : 0;
  }
}

static void pair_halves_plain(const uint16_t *panel, size_t k, uint16_t *out) {
  for (size_t i = 0; i < (k + 1) / 2 * 2; i++) {
    for (size_t row = 0; row < 16; row++) {
      out[i / 2 * 32 + row * 2 + i % 2] = i < k ? rounded(tk_float_from_half(panel[i * 16 + row])) : 0;
    }
  }
}

static void pair_rows_plain(const float *rows, size_t stride, size_t count, size_t k, uint16_t *panel) {
  for (size_t row = 0; row < count; row++) {
    for (size_t i = 0; i < (k + 1) / 2 * 2; i++) {
      panel[i / 2 * 32 + row * 2 + i % 2] = i < k ? rounded(rows[row * stride + i]) : 0;
    }
  }
}

static void round_columns_plain(
    const float *rows, size_t stride, size_t count, size_t k, uint16_t *out, size_t out_stride) {
  for (size_t row = 0; row < count; row++) {
    for (size_t i = 0; i < k; i++) out[i * out_stride + row] = rounded(rows[row * stride + i]);
  }
}

static void pair_columns_plain(
    const float *rows, size_t stride, size_t count, size_t columns, uint16_t *panels, size_t panel_stride) {
  for (size_t row = 0; row < (count + 1) / 2 * 2; row++) {
    for (size_t i = 0; i < (columns + 15) / 16 * 16; i++) {
      uint16_t *place = panels + i / 16 * panel_stride + row / 2 * 32 + i % 16 * 2 + row % 2;
      *place = row < count && i < columns ? rounded(rows[row * stride + i]) : 0;
    }
  }
}

static const tk_bfloat_kernels plain = {
  tile_bfloats_plain, round_plain, pair_plain, pair_halves_plain, pair_rows_plain,
  round_columns_plain, pair_columns_plain,
};
const tk_bfloat_kernels *tk_bfloats_plain(void) { return &plain; }

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"))), apply_to = function)

#define TILE_INLINE static inline __attribute__((always_inline))
#define TILE_TOKENS 12

// `panels` panels (1 or 2) by `tokens` tokens, constants once this is inlined: the sums stay in registers.
TILE_INLINE void tile(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, float *y, size_t y_stride,
    int keep, const int panels, const int tokens) {
  __m512 sums[TILE_TOKENS][2];
#pragma clang loop unroll(full)
  for (int token = 0; token < tokens; token++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      sums[token][p] = keep ? _mm512_loadu_ps(y + token * y_stride + 16 * p) : _mm512_setzero_ps();
    }
  }
  for (size_t i = 0; i < k; i += 2) {
    __m512bh columns[2];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      columns[p] = (__m512bh)_mm512_loadu_si512((const void *)(panel + p * panel_stride + i * 16));
    }
#pragma clang loop unroll(full)
    for (int token = 0; token < tokens; token++) {
      int pair;
      memcpy(&pair, x + token * x_stride + i, 4);
      const __m512bh factors = (__m512bh)_mm512_set1_epi32(pair);
#pragma clang loop unroll(full)
      for (int p = 0; p < panels; p++) sums[token][p] = _mm512_dpbf16_ps(sums[token][p], columns[p], factors);
    }
  }
#pragma clang loop unroll(full)
  for (int token = 0; token < tokens; token++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) _mm512_storeu_ps(y + token * y_stride + 16 * p, sums[token][p]);
  }
}

// All tokens over one or two panels, which stay in the first-level cache meanwhile.
TILE_INLINE void sweep(
    const uint16_t *panel, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride, size_t tokens, float *y,
    size_t y_stride, int keep, const int panels) {
#define TILE(count)                                                                           \
  do {                                                                                        \
    tile(panel, panel_stride, k, x, x_stride, y, y_stride, keep, panels, count);              \
    tokens -= count, x += count * x_stride, y += count * y_stride;                            \
  } while (0)
  while (tokens >= TILE_TOKENS) TILE(TILE_TOKENS);
  if (tokens >= 6) TILE(6);
  switch (tokens) {
    case 1: TILE(1); break;
    case 2: TILE(2); break;
    case 3: TILE(3); break;
    case 4: TILE(4); break;
    case 5: TILE(5); break;
  }
#undef TILE
}

static void tile_bfloats_avx512(
    const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
    size_t tokens, float *y, size_t y_stride, int keep) {
  for (; panels >= 2; panels -= 2, panel += 2 * panel_stride, y += 32) {
    sweep(panel, panel_stride, k, x, x_stride, tokens, y, y_stride, keep, 2);
  }
  if (panels > 0) sweep(panel, panel_stride, k, x, x_stride, tokens, y, y_stride, keep, 1);
}
// Numbers that are not normal become zero, as they are for the products.
static void round_avx512(const float *x, size_t count, uint16_t *out) {
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m512bh both = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + 16), _mm512_loadu_ps(x + i));
    _mm512_storeu_si512((void *)(out + i), (__m512i)both);
  }
  for (; i < count; i++) out[i] = rounded(x[i]);
}

// Numbers of two rows or columns, rounded and put side by side.
TILE_INLINE void store_pairs(__m512 first, __m512 second, uint16_t *out) {
  static const uint16_t places[32] = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
                                      8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const __m512i both = (__m512i)_mm512_cvtne2ps_pbh(second, first);
  _mm512_storeu_si512((void *)out, _mm512_permutexvar_epi16(_mm512_loadu_si512((const void *)places), both));
}

static void pair_avx512(const float *panel, size_t k, uint16_t *out) {
  for (size_t i = 0; i < k; i += 2, panel += 32, out += 32) {
    store_pairs(_mm512_loadu_ps(panel), i + 1 < k ? _mm512_loadu_ps(panel + 16) : _mm512_setzero_ps(), out);
  }
}

static void pair_halves_avx512(const uint16_t *panel, size_t k, uint16_t *out) {
  for (size_t i = 0; i < k; i += 2, panel += 32, out += 32) {
    const __m512 first = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)panel));
    const __m512 second = i + 1 < k ? _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(panel + 16))) : _mm512_setzero_ps();
    store_pairs(first, second, out);
  }
}

// Sixteen rows of sixteen lanes become sixteen columns.
TILE_INLINE void transpose_lanes(__m512i rows[16]) {
  __m512i pairs[16], fours[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    pairs[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) {
      fours[i + 2 * j] = _mm512_unpacklo_epi64(pairs[i + j], pairs[i + j + 2]);
      fours[i + 2 * j + 1] = _mm512_unpackhi_epi64(pairs[i + j], pairs[i + j + 2]);
    }
  }
  // fours[4 g + c] has column 4 q + c of rows 4 g … 4 g + 3 in its quarter q.
#pragma clang loop unroll(full)
  for (int c = 0; c < 4; c++) {
    const __m512i low = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0x88);
    const __m512i low_odd = _mm512_shuffle_i32x4(fours[c], fours[4 + c], 0xdd);
    const __m512i high = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0x88);
    const __m512i high_odd = _mm512_shuffle_i32x4(fours[8 + c], fours[12 + c], 0xdd);
    rows[c] = _mm512_shuffle_i32x4(low, high, 0x88);
    rows[4 + c] = _mm512_shuffle_i32x4(low_odd, high_odd, 0x88);
    rows[8 + c] = _mm512_shuffle_i32x4(low, high, 0xdd);
    rows[12 + c] = _mm512_shuffle_i32x4(low_odd, high_odd, 0xdd);
  }
}

static void pair_rows_avx512(const float *rows, size_t stride, size_t count, size_t k, uint16_t *panel) {
  size_t i = 0;
  // Rounded, a row has its pairs in 32-bit lanes already.
  for (; count == 16 && i + 32 <= k; i += 32) {
    __m512i pairs[16];
#pragma clang loop unroll(full)
    for (int row = 0; row < 16; row++) {
      const float *from = rows + (size_t)row * stride + i;
      pairs[row] = (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + 16), _mm512_loadu_ps(from));
    }
    transpose_lanes(pairs);
#pragma clang loop unroll(full)
    for (int pair = 0; pair < 16; pair++) _mm512_storeu_si512((void *)(panel + i * 16 + pair * 32), pairs[pair]);
  }
  pair_rows_plain(rows + i, stride, count, k - i, panel + i * 16);
}

static void round_columns_avx512(
    const float *rows, size_t stride, size_t count, size_t k, uint16_t *out, size_t out_stride) {
  size_t row = 0;
  for (; row + 16 <= count; row += 16, rows += 16 * stride) {
    size_t i = 0;
    for (; i + 16 <= k; i += 16) {
      __m512i block[16];
#pragma clang loop unroll(full)
      for (int j = 0; j < 16; j++) block[j] = _mm512_loadu_si512((const void *)(rows + (size_t)j * stride + i));
      transpose_lanes(block);
#pragma clang loop unroll(full)
      for (int j = 0; j < 16; j++) {
        const __m256i turned = (__m256i)_mm512_cvtneps_pbh((__m512)block[j]);
        _mm256_storeu_si256((__m256i *)(out + (i + (size_t)j) * out_stride + row), turned);
      }
    }
    round_columns_plain(rows + i, stride, 16, k - i, out + i * out_stride + row, out_stride);
  }
  round_columns_plain(rows, stride, count - row, k, out + row, out_stride);
}

// The pairs of two rows for one panel, of which `left` columns are there; the second row may be missing.
TILE_INLINE void pair_two_rows(const float *first, const float *second, size_t left, uint16_t *out) {
  const __mmask16 mask = left < 16 ? (__mmask16)((1 << left) - 1) : 0xffff;
  store_pairs(
      _mm512_maskz_loadu_ps(mask, first), second ? _mm512_maskz_loadu_ps(mask, second) : _mm512_setzero_ps(), out);
}

// Some rows at a time for all panels: so many pages of memory are known to the processor at once.
static void pair_columns_avx512(
    const float *rows, size_t stride, size_t count, size_t columns, uint16_t *panels, size_t panel_stride) {
  const size_t height = 32;
  for (size_t start = 0; start < count; start += height) {
    const size_t end = count - start < height ? count : start + height;
    for (size_t i = 0; i < columns; i += 16) {
      uint16_t *out = panels + i / 16 * panel_stride + start * 16;
      for (size_t row = start; row < end; row += 2, out += 32) {
        const float *first = rows + row * stride + i;
        pair_two_rows(first, row + 1 < count ? first + stride : 0, columns - i, out);
      }
    }
  }
}

static const tk_bfloat_kernels avx512 = {
  tile_bfloats_avx512, round_avx512, pair_avx512, pair_halves_avx512, pair_rows_avx512,
  round_columns_avx512, pair_columns_avx512,
};
#pragma clang attribute pop

const tk_bfloat_kernels *tk_bfloats_avx512(void) {
  const int supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16");
  return supported ? &avx512 : 0;
}
#else
const tk_bfloat_kernels *tk_bfloats_avx512(void) { return 0; }
#endif
