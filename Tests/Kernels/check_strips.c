// Interleaved rows times 8-bit activations, against the decoded rows and the rounded numbers in double precision.
#include "check.h"
#include "../../Sources/CTensorKernels/layouts.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  tk_interleaved kind;
  size_t bytes, columns; // of a block
  size_t halves, half[2];
  size_t decode;
  const uint8_t *levels; // of codes whose scales stand apart; NULL for bytes
  float unit;
} format;

#define AT(field) offsetof(tk_kernels, field)
static const format formats[] = {
  {"strips of q4_0", tk_interleaved_q4_0, 18, 32, 1, {0}, AT(decode_q4_0), 0, 0},
  {"strips of q4_1", tk_interleaved_q4_1, 20, 32, 2, {0, 2}, AT(decode_q4_1), 0, 0},
  {"strips of q5_0", tk_interleaved_q5_0, 22, 32, 1, {0}, AT(decode_q5_0), 0, 0},
  {"strips of q5_1", tk_interleaved_q5_1, 24, 32, 2, {0, 2}, AT(decode_q5_1), 0, 0},
  {"strips of q8_0", tk_interleaved_q8_0, 34, 32, 1, {0}, AT(decode_q8_0), 0, 0},
  {"strips of q2_K", tk_interleaved_q2_K, 84, 256, 2, {80, 82}, AT(decode_q2_K), 0, 0},
  {"strips of q3_K", tk_interleaved_q3_K, 110, 256, 1, {108}, AT(decode_q3_K), 0, 0},
  {"strips of q4_K", tk_interleaved_q4_K, 144, 256, 2, {0, 2}, AT(decode_q4_K), 0, 0},
  {"strips of q5_K", tk_interleaved_q5_K, 176, 256, 2, {0, 2}, AT(decode_q5_K), 0, 0},
  {"strips of q6_K", tk_interleaved_q6_K, 210, 256, 1, {208}, AT(decode_q6_K), 0, 0},
  {"strips of iq4_nl", tk_interleaved_iq4_nl, 18, 32, 1, {0}, AT(decode_iq4_nl), 0, 0},
  {"strips of iq4_xs", tk_interleaved_iq4_xs, 136, 256, 1, {0}, AT(decode_iq4_xs), 0, 0},
  {"strips of nf4", tk_interleaved_nf4, 32, 64, 0, {0}, 0, tk_nf4_levels, 1 / 112.0f},
  {"strips of fp4", tk_interleaved_fp4, 32, 64, 0, {0}, 0, tk_fp4_levels, 1 / 120.0f},
  {"strips of int8", tk_interleaved_int8, 64, 64, 0, {0}, 0, 0, 1 / 127.0f},
};

// Random rows of a format; `weights` are what they stand for.
static tk_packed_rows random_rows(format f, size_t rows, size_t columns, float *weights) {
  const size_t blocks = rows * columns / f.columns;
  uint8_t *bytes = random_bytes(blocks * f.bytes, 3);
  const float *numbers = random_floats(2 * blocks, 4, 0.1);
  for (size_t i = 0; i < blocks; i++) {
    for (size_t j = 0; j < f.halves; j++) {
      const uint16_t half = half_bits(numbers[2 * i + j]);
      memcpy(bytes + i * f.bytes + f.half[j], &half, 2);
    }
  }
  if (f.decode) {
    tk_decode decode;
    memcpy(&decode, (const uint8_t *)plain + f.decode, sizeof decode);
    decode(bytes, rows * columns, weights);
  } else {
    for (size_t i = 0; i < rows * columns; i++) {
      const int nibble = bytes[i / 2] >> (i % 2 ? 0 : 4) & 15;
      const int code = f.bytes == 64 ? (int8_t)bytes[i] : f.levels[nibble] - 128;
      weights[i] = (float)code * f.unit * numbers[i / 64];
    }
  }
  return (tk_packed_rows){bytes, columns / f.columns * f.bytes, numbers, columns / 64, 64};
}

static tk_activations activations(size_t tokens, size_t columns) {
  const size_t places = tokens == 1 ? 1 : (tokens + 3) / 4 * 4;
  return (tk_activations){
    ARRAY(int8_t, places * columns), ARRAY(float, places * columns / 32), ARRAY(float, places * columns / 32),
    ARRAY(float, places * columns / 16), ARRAY(tk_outlier, places * columns / 32),
  };
}

static void round_all(const tk_kernels *kernels, const float *x, size_t tokens, size_t columns, const tk_activations *out) {
  const size_t width = tokens == 1 ? 1 : 4;
  for (size_t first = 0; first < tokens; first += width) {
    const tk_activations block = tk_activations_at(out, first / width * (columns / 32), width);
    const size_t count = tokens - first < width ? tokens - first : width;
    kernels->round_tokens(x + first * columns, columns, count, width, columns, &block);
  }
}

// What a token's number in a column became.
static double rounded(const tk_activations *x, size_t tokens, size_t columns, size_t token, size_t column) {
  const size_t width = tokens == 1 ? 1 : 4;
  const tk_activations block = tk_activations_at(x, token / width * (columns / 32), width);
  const size_t place = (column / 4 * width + token % width) * 4 + column % 4;
  const tk_outlier *outlier = block.outliers + column / 32 * width + token % width;
  const int high = outlier->group == column % 32 / 4 ? outlier->codes[column % 4] : 0;
  return ((double)block.codes[place] + 128 * high) * block.scales[column / 32 * width + token % width];
}

// Panels of bfloat16, against the decoded rows; rows that the last strip has too many are zero.
static void check_panels(format f, const uint8_t *packed, size_t rows, size_t columns, const float *weights) {
  const size_t height = set->strip_rows, stride = columns * 16 + 32, size = set->strip_bytes(f.kind, columns);
  uint16_t *panels = ARRAY(uint16_t, height / 16 * stride);
  float largest = 0;
  for (size_t i = 0; i < rows * columns; i++) largest = fabsf(weights[i]) > largest ? fabsf(weights[i]) : largest;
  for (size_t first = 0; first < rows; first += height) {
    set->unpack_strip(f.kind, packed + first / height * size, columns, panels, stride);
    for (size_t i = 0; i < height * columns; i++) {
      const size_t row = i / columns, column = i % columns;
      const uint32_t bits = (uint32_t)panels[row / 16 * stride + column / 2 * 32 + row % 16 * 2 + column % 2] << 16;
      float value;
      memcpy(&value, &bits, 4);
      const float weight = first + row < rows ? weights[(first + row) * columns + column] : 0;
      expect_near("unpack_strip", value, weight, fabsf(weight) / 256 + 2e-6 * largest);
    }
  }
}

static void check_strip(format f, size_t rows, size_t columns, size_t tokens, float *alone) {
  float *weights = ARRAY(float, rows * columns);
  const tk_packed_rows source = random_rows(f, rows, columns, weights);
  const size_t height = set->strip_rows, size = set->strip_bytes(f.kind, columns), strips = (rows + height - 1) / height;
  uint8_t *packed = array(strips * size);
  for (size_t i = 0; i < strips; i++) {
    tk_packed_rows part = source;
    part.blocks += i * height * source.row_bytes;
    part.scales += i * height * source.scales_per_row;
    set->interleave(f.kind, &part, rows - i * height < height ? rows - i * height : height, columns, packed + i * size);
  }
  if (tokens == 1) check_panels(f, packed, rows, columns, weights);
  float *x = random_floats(tokens * columns, 2, 1);
  // Outliers in three tiles of four, of all sizes and at all places.
  for (size_t i = 0; i < tokens * columns / 32; i++) {
    if (i % 4) x[32 * i + 5 * i % 32] *= (float)(1 << i % 12);
  }
  const tk_activations own = activations(tokens, columns), twin = activations(tokens, columns);
  round_all(set, x, tokens, columns, &own);
  round_all(plain, x, tokens, columns, &twin);
  const size_t places = tokens == 1 ? 1 : (tokens + 3) / 4 * 4;
  expect_same_bytes("round_tokens, codes", own.codes, twin.codes, places * columns);
  expect_same_floats("round_tokens, scales", own.scales, twin.scales, places * columns / 32);
  expect_same_floats("round_tokens, sums", own.sums, twin.sums, places * columns / 32);
  expect_same_floats("round_tokens, half sums", own.half_sums, twin.half_sums, places * columns / 16);
  expect_same_bytes("round_tokens, outliers", own.outliers, twin.outliers, places * columns / 32 * sizeof(tk_outlier));

  // One number more than rows in a token: it stays as it is.
  const size_t stride = tokens == 1 ? rows : rows + 1;
  float *y = ARRAY(float, tokens * stride);
  for (size_t i = 0; i < tokens * stride; i++) y[i] = -7;
  set->multiply_strips(f.kind, packed, rows, columns, &own, tokens, y, stride);
  for (size_t token = 0; token < tokens; token++) {
    for (size_t row = 0; row < rows; row++) {
      double sum = 0, largest = 0;
      for (size_t i = 0; i < columns; i++) {
        const double term = weights[row * columns + i] * rounded(&own, tokens, columns, token, i);
        sum += term;
        largest = fabs(term) > largest ? fabs(term) : largest;
      }
      expect_near(f.name, y[token * stride + row], sum, 1e-5 * largest * sqrt((double)columns) + 1e-7);
    }
    if (stride > rows) expect_near(f.name, y[token * stride + rows], -7, 0);
  }
  // One token's numbers do not depend on those beside it.
  if (tokens == 1) memcpy(alone, y, rows * sizeof(float));
  expect_same_floats(f.name, y, alone, rows);
}

void check_strips(void) {
  static const size_t heights[] = {1, 15, 16, 17, 32, 37}, tokens[] = {1, 2, 4, 7};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    for (size_t h = 0; h < 6; h++) {
      float alone[37];
      // As columns of 768 more than a panel.
      const size_t columns = h % 2 ? 256 : 768;
      for (size_t t = 0; t < 4; t++) {
        check_strip(formats[i], heights[h], columns, tokens[t], alone);
        release();
      }
    }
  }
}
