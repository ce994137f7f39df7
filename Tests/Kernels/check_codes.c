// Codes whose scales stand apart: NormalFloat, signed bytes, GPTQ's and AWQ's.
#include "check.h"

#include <math.h>

static const size_t sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 100, 576, 1000};
enum { size_count = sizeof sizes / sizeof *sizes };

// Ascending levels, and the thresholds between them.
static void levels_and_thresholds(float levels[16], float thresholds[15]) {
  for (int i = 0; i < 16; i++) levels[i] = sinf((float)(i - 7) / 8.0f * 1.57f);
  for (int i = 0; i < 15; i++) thresholds[i] = (levels[i] + levels[i + 1]) / 2;
}

static void check_nibbles(size_t count) {
  float *levels = ARRAY(float, 16), *thresholds = ARRAY(float, 15);
  levels_and_thresholds(levels, thresholds);
  const size_t even = count * 2;
  const uint8_t *codes = random_bytes(count, count);
  float *decoded[] = {ARRAY(float, even), ARRAY(float, even)};
  const float *x = random_floats(even, count, 2);
  uint8_t *encoded[] = {array(even), array(even)};
  for (int i = 0; i < 2; i++) {
    BOTH(i)->decode_nibbles(codes, even, levels, 0.3f, decoded[i]);
    BOTH(i)->encode_nibbles(x, even, 0.7f, thresholds, encoded[i]);
  }
  expect_same_floats("decode_nibbles", decoded[0], decoded[1], even);
  const float *scales = random_floats(even / 64 + 1, 4, 1);
  for (int i = 0; i < 2; i++) BOTH(i)->decode_nibble_blocks(codes, even, 64, levels, scales, decoded[i]);
  expect_same_floats("decode_nibble_blocks", decoded[0], decoded[1], even);
  expect_same_bytes("encode_nibbles", encoded[0], encoded[1], even);
}

static void check_nibble_products(size_t rows, size_t columns, size_t block) {
  float *levels = ARRAY(float, 16), *thresholds = ARRAY(float, 15), *y = ARRAY(float, rows);
  levels_and_thresholds(levels, thresholds);
  const uint8_t *codes = random_bytes(rows * columns / 2, 2);
  const float *scales = random_floats(rows * columns / block, 3, 1), *x = random_floats(columns, 4, 1);
  set->products_nibbles(codes, scales, block, rows, columns, levels, x, y);
  for (size_t row = 0; row < rows; row++) {
    double sum = 0, magnitude = 0;
    for (size_t i = 0; i < columns; i++) {
      const size_t index = row * columns + i;
      const double term = (double)levels[codes[index / 2] >> (index % 2 ? 0 : 4) & 15] * scales[index / block] * x[i];
      sum += term;
      magnitude += fabs(term);
    }
    expect_near("products_nibbles", y[row], sum, 2e-6 * magnitude);
  }
}

static void check_bytes(size_t count) {
  const float *x = random_floats(count, 9, 3), *zeros = random_floats(3, 1, 8), *scales = random_floats(3, 2, 1);
  const uint8_t *raw = random_bytes(count, 5);
  int8_t *codes[] = {ARRAY(int8_t, count), ARRAY(int8_t, count)};
  float *decoded[] = {ARRAY(float, count), ARRAY(float, count)}, *one[] = {ARRAY(float, count), ARRAY(float, count)};
  float *indexed[] = {ARRAY(float, count), ARRAY(float, count)};
  int32_t *group = ARRAY(int32_t, count);
  for (size_t i = 0; i < count; i++) group[i] = (int32_t)(i * 5 % 3);
  for (int i = 0; i < 2; i++) {
    BOTH(i)->encode_int8(x, count, 3, codes[i]);
    BOTH(i)->decode_int8((const int8_t *)raw, count, 0.7f, decoded[i]);
    BOTH(i)->scale_codes(raw, count, 8, 3e-3f, one[i]);
    BOTH(i)->scale_indexed_codes(raw, count, group, zeros, scales, indexed[i]);
  }
  expect_same_bytes("encode_int8", codes[0], codes[1], count);
  expect_same_floats("decode_int8", decoded[0], decoded[1], count);
  expect_same_floats("scale_codes", one[0], one[1], count);
  expect_same_floats("scale_indexed_codes", indexed[0], indexed[1], count);
}

static void check_unpacking(size_t count) {
  static const int widths[] = {2, 3, 4, 8};
  for (int w = 0; w < 4; w++) {
    const size_t codes = count * 8;
    const uint8_t *packed = random_bytes(codes * (size_t)widths[w] / 8, count);
    uint8_t *found = array(codes), *expected = array(codes);
    set->unpack_codes(packed, codes, widths[w], found);
    for (size_t i = 0; i < codes; i++) {
      expected[i] = 0;
      for (size_t bit = 0; bit < (size_t)widths[w]; bit++) {
        const size_t place = i * (size_t)widths[w] + bit;
        expected[i] |= (uint8_t)((packed[place / 8] >> place % 8 & 1) << bit);
      }
    }
    expect_same_bytes("unpack_codes", found, expected, codes);
  }
}

void check_codes(void) {
  for (size_t i = 0; i < size_count; i++) {
    check_nibbles(sizes[i]);
    check_bytes(sizes[i]);
    check_unpacking(sizes[i]);
    release();
  }
  check_nibble_products(6, 192, 64);
  check_nibble_products(7, 64, 32);
  check_nibble_products(3, 16, 16);
}
