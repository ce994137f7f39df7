// Decoders and encoders of ggml's formats, bit for bit; packed rows times a vector, within the bound.
#include "check.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  size_t bytes, columns;      // of a block
  size_t halves, half[2];     // where float16 scales lie
  size_t decode, products;    // where the table has its functions; 0 where it has none
} format;

#define AT(field) offsetof(tk_kernels, field)
static const format formats[] = {
  {"f32", 4, 1, 0, {0}, AT(decode_f32), AT(products_f32)},
  {"f16", 2, 1, 1, {0}, AT(decode_f16), AT(products_f16)},
  {"bf16", 2, 1, 0, {0}, AT(decode_bf16), AT(products_bf16)},
  {"q4_0", 18, 32, 1, {0}, AT(decode_q4_0), AT(products_q4_0)},
  {"q4_1", 20, 32, 2, {0, 2}, AT(decode_q4_1), AT(products_q4_1)},
  {"q5_0", 22, 32, 1, {0}, AT(decode_q5_0), AT(products_q5_0)},
  {"q5_1", 24, 32, 2, {0, 2}, AT(decode_q5_1), AT(products_q5_1)},
  {"q8_0", 34, 32, 1, {0}, AT(decode_q8_0), AT(products_q8_0)},
  {"q2_K", 84, 256, 2, {80, 82}, AT(decode_q2_K), 0},
  {"q3_K", 110, 256, 1, {108}, AT(decode_q3_K), 0},
  {"q4_K", 144, 256, 2, {0, 2}, AT(decode_q4_K), AT(products_q4_K)},
  {"q5_K", 176, 256, 2, {0, 2}, AT(decode_q5_K), AT(products_q5_K)},
  {"q6_K", 210, 256, 1, {208}, AT(decode_q6_K), AT(products_q6_K)},
  {"iq4_nl", 18, 32, 1, {0}, AT(decode_iq4_nl), 0},
  {"iq4_xs", 136, 256, 1, {0}, AT(decode_iq4_xs), 0},
  {"mxfp4", 17, 32, 0, {0}, AT(decode_mxfp4), 0},
  {"tq1_0", 54, 256, 1, {52}, AT(decode_tq1_0), 0},
  {"tq2_0", 66, 256, 1, {64}, AT(decode_tq2_0), 0},
};

static void *function(const tk_kernels *kernels, size_t place) {
  void *result;
  memcpy(&result, (const uint8_t *)kernels + place, sizeof result);
  return result;
}

// Every pattern of bits, scales that are infinite or no numbers too.
static void check_decoder(format f) {
  for (size_t blocks = 1; blocks < 80; blocks += f.columns == 1 ? 1 : 13) {
    const size_t count = blocks * f.columns;
    const uint8_t *bytes = random_bytes(blocks * f.bytes, blocks);
    float *found = ARRAY(float, count), *expected = ARRAY(float, count);
    ((tk_decode)function(set, f.decode))(bytes, count, found);
    ((tk_decode)function(plain, f.decode))(bytes, count, expected);
    expect_same_floats(f.name, found, expected, count);
  }
  release();
}

static void check_products(format f, size_t rows, size_t columns) {
  const size_t blocks = rows * columns / f.columns;
  uint8_t *bytes = random_bytes(blocks * f.bytes, 3);
  const float *scales = random_floats(2 * blocks, 4, 0.1), *x = random_floats(columns, 5, 1);
  for (size_t i = 0; i < blocks; i++) {
    for (size_t j = 0; j < f.halves; j++) {
      const uint16_t half = half_bits(scales[2 * i + j]);
      memcpy(bytes + i * f.bytes + f.half[j], &half, 2);
    }
    if (f.columns == 1 && f.halves == 0) memcpy(bytes + i * f.bytes, (const uint8_t *)(scales + i) + 4 - f.bytes, f.bytes);
  }
  float *weights = ARRAY(float, rows * columns), *y = ARRAY(float, rows);
  ((tk_decode)function(plain, f.decode))(bytes, rows * columns, weights);
  ((tk_products)function(set, f.products))(bytes, rows, columns, x, y);
  for (size_t row = 0; row < rows; row++) {
    double sum = 0, magnitude = 0;
    for (size_t i = 0; i < columns; i++) {
      const double term = (double)weights[row * columns + i] * x[i];
      sum += term;
      magnitude += fabs(term);
    }
    // Minima and codes are added up apart: a term may be the difference of two that are sixteen times as large.
    expect_near(f.name, y[row], sum, 2e-6 * magnitude);
  }
  release();
}

// Whatever bits a float has, and rounding ties of both 16-bit formats.
static void check_encoders(void) {
  static const struct { const char *name; size_t bytes, columns, place; } encoders[] = {
    {"encode_f32", 4, 1, AT(encode_f32)}, {"encode_f16", 2, 1, AT(encode_f16)}, {"encode_bf16", 2, 1, AT(encode_bf16)},
    {"encode_q4_0", 18, 32, AT(encode_q4_0)}, {"encode_q8_0", 34, 32, AT(encode_q8_0)},
  };
  for (size_t e = 0; e < sizeof encoders / sizeof *encoders; e++) {
    for (size_t blocks = 1; blocks < 60; blocks++) {
      const size_t count = blocks * encoders[e].columns;
      // Blocks must be finite; single numbers need not.
      const float *x = encoders[e].columns == 1 ? (const float *)random_bytes(4 * count, blocks)
                                                 : random_floats(count, blocks, blocks % 7 ? 1 : 1e-41);
      uint8_t *found = array(blocks * encoders[e].bytes), *expected = array(blocks * encoders[e].bytes);
      const int a = ((tk_encode)function(set, encoders[e].place))(x, count, found);
      const int b = ((tk_encode)function(plain, encoders[e].place))(x, count, expected);
      expect_near(encoders[e].name, a, b, 0);
      expect_same_bytes(encoders[e].name, found, expected, blocks * encoders[e].bytes);
    }
    release();
  }
}

// Every float16 and every bfloat16, there and back.
static void check_halves(void) {
  enum { all = 65536 };
  uint16_t *bits = ARRAY(uint16_t, all), *found = ARRAY(uint16_t, all), *expected = ARRAY(uint16_t, all);
  float *values = ARRAY(float, all), *twins = ARRAY(float, all);
  for (int i = 0; i < all; i++) bits[i] = (uint16_t)i;
  set->decode_f16((const uint8_t *)bits, all, values);
  plain->decode_f16((const uint8_t *)bits, all, twins);
  expect_same_floats("every float16", values, twins, all);
  set->encode_f16(twins, all, (uint8_t *)found);
  plain->encode_f16(twins, all, (uint8_t *)expected);
  expect_same_bytes("every float16 again", found, expected, 2 * all);
  set->decode_bf16((const uint8_t *)bits, all, values);
  plain->decode_bf16((const uint8_t *)bits, all, twins);
  expect_same_floats("every bfloat16", values, twins, all);
}

void check_formats(void) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
    const format f = formats[i];
    check_decoder(f);
    if (!f.products) continue;
    static const size_t odd[] = {1, 7, 15, 16, 17, 40, 333}, blocks[] = {1, 3, 8};
    if (f.columns == 1) {
      for (size_t j = 0; j < 7; j++) check_products(f, 3, odd[j]);
    } else {
      for (size_t j = 0; j < 3; j++) check_products(f, 5, blocks[j] * f.columns);
    }
  }
  check_encoders();
  check_halves();
}
