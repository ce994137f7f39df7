// Panels, bit for bit as the plain set makes them, and tile products over them within the bound.
#include "check.h"

#include <string.h>

static float *copy(const float *x, size_t count) { return memcpy(ARRAY(float, count), x, count * sizeof(float)); }

// Panels that lie apart, x and y with gaps between rows; what is beside the product stays as it was.
static void check_products(size_t panels, size_t k, size_t tokens, int keep) {
  const size_t panel_stride = k * 16 + 32, x_stride = k + 3, y_stride = panels * 16 + 5;
  const size_t numbers = (panels - 1) * panel_stride + k * 16, y_count = (tokens - 1) * y_stride + panels * 16;
  const float *panel = random_floats(numbers, 1, 1), *x = random_floats((tokens - 1) * x_stride + k, 2, 1);
  const float *start = random_floats(y_count, 3, 1);
  uint16_t *halves = ARRAY(uint16_t, numbers);
  for (size_t i = 0; i < numbers; i++) halves[i] = half_bits(panel[i]);
  float *y = copy(start, y_count), *of_halves = copy(start, y_count);
  set->tile_floats(panel, panels, panel_stride, k, x, x_stride, tokens, y, y_stride, keep);
  set->tile_halves(halves, panels, panel_stride, k, x, x_stride, tokens, of_halves, y_stride, keep);
  for (size_t index = 0; index < y_count; index++) {
    const size_t token = index / y_stride, row = index % y_stride;
    if (row >= panels * 16) {
      expect_near("beside tile_floats", y[index], start[index], 0);
      expect_near("beside tile_halves", of_halves[index], start[index], 0);
      continue;
    }
    double exact = keep ? start[index] : 0, exact_of_halves = exact;
    for (size_t i = 0; i < k; i++) {
      const size_t place = row / 16 * panel_stride + i * 16 + row % 16;
      exact += (double)panel[place] * x[token * x_stride + i];
      exact_of_halves += (double)half_value(halves[place]) * x[token * x_stride + i];
    }
    expect_near("tile_floats", y[index], exact, 1e-7 * (double)(k + 4));
    expect_near("tile_halves", of_halves[index], exact_of_halves, 1e-7 * (double)(k + 4));
  }
}

static void check_rows(size_t count, size_t k) {
  const size_t stride = k + 2, size = k * 16;
  const float *x = random_floats((count - 1) * stride + k, 4, 1);
  float *floats[] = {ARRAY(float, size), ARRAY(float, size)};
  uint16_t *packed[] = {ARRAY(uint16_t, size), ARRAY(uint16_t, size)};
  uint16_t *interleaved[] = {ARRAY(uint16_t, size), ARRAY(uint16_t, size)};
  uint16_t *halves = ARRAY(uint16_t, (count - 1) * stride + k);
  plain->encode_f16(x, (count - 1) * stride + k, (uint8_t *)halves);
  for (int i = 0; i < 2; i++) {
    BOTH(i)->pack_rows_f32(x, stride, count, k, floats[i]);
    BOTH(i)->pack_rows_f16(x, stride, count, k, packed[i]);
    BOTH(i)->interleave_halves(halves, stride, count, k, interleaved[i]);
  }
  expect_same_floats("pack_rows_f32", floats[0], floats[1], size);
  expect_same_bytes("pack_rows_f16", packed[0], packed[1], 2 * size);
  expect_same_bytes("interleave_halves", interleaved[0], packed[0], 2 * size);
}

static void check_columns(size_t columns) {
  const size_t count = 3, height = 20, stride = columns + 1, size = (columns + 15) / 16 * height * 16;
  const float *x = random_floats((count - 1) * stride + columns, 5, 1);
  float *floats[] = {ARRAY(float, size), ARRAY(float, size)};
  uint16_t *packed[] = {ARRAY(uint16_t, size), ARRAY(uint16_t, size)};
  for (int i = 0; i < 2; i++) {
    BOTH(i)->pack_columns_f32(x, stride, count, columns, floats[i], height * 16);
    BOTH(i)->pack_columns_f16(x, stride, count, columns, packed[i], height * 16);
  }
  expect_same_floats("pack_columns_f32", floats[0], floats[1], size);
  expect_same_bytes("pack_columns_f16", packed[0], packed[1], 2 * size);
}

// Bytes whichever way they lie, and products over them; those are held against the plain set's decoded panels.
static void check_bytes(size_t tokens) {
  enum { positions = 37, k = 96, height = 48, panels = 3 };
  const float *source = random_floats(positions * k, 10, 1);
  const float *queries = random_floats(tokens * k, 11, 1), *weights = random_floats(tokens * positions, 12, 1);
  int8_t *rows[] = {array(height * k), array(height * k)}, *columns[] = {array(height * k), array(height * k)};
  uint16_t *row_scales[] = {ARRAY(uint16_t, height * k / 32), ARRAY(uint16_t, height * k / 32)};
  uint16_t *column_scales[] = {ARRAY(uint16_t, height * k / 32), ARRAY(uint16_t, height * k / 32)};
  float *of_rows[] = {ARRAY(float, height * k), ARRAY(float, height * k)};
  float *of_columns[] = {ARRAY(float, height * k), ARRAY(float, height * k)};
  for (int i = 0; i < 2; i++) {
    for (size_t first = 0; first < positions; first += 16) {
      BOTH(i)->pack_rows_q8(
          source + first * k, k, positions - first < 16 ? positions - first : 16, k, rows[i] + first * k,
          row_scales[i] + first * k / 32);
    }
    BOTH(i)->pack_columns_q8(source, k, positions, k, columns[i], column_scales[i], height);
  }
  for (int i = 0; i < 2; i++) {
    for (size_t panel = 0; panel < panels; panel++) {
      BOTH(i)->decode_rows_q8(
          rows[1] + panel * 16 * k, row_scales[1] + panel * k / 2, k, of_rows[i] + panel * 16 * k);
    }
    for (size_t panel = 0; panel < k / 16; panel++) {
      BOTH(i)->decode_columns_q8(
          columns[1] + panel * height * 16, column_scales[1] + panel / 2 * height, height,
          of_columns[i] + panel * height * 16);
    }
  }
  expect_same_bytes("pack_rows_q8", rows[0], rows[1], height * k);
  expect_same_bytes("pack_rows_q8, scales", row_scales[0], row_scales[1], 2 * height * k / 32);
  expect_same_bytes("pack_columns_q8", columns[0], columns[1], height * k);
  expect_same_bytes("pack_columns_q8, scales", column_scales[0], column_scales[1], 2 * height * k / 32);
  expect_same_floats("decode_rows_q8", of_rows[0], of_rows[1], height * k);
  expect_same_floats("decode_columns_q8", of_columns[0], of_columns[1], height * k);

  float *scores = ARRAY(float, tokens * height), *sums = ARRAY(float, tokens * k);
  for (size_t i = 0; i < tokens * k; i++) sums[i] = 1;
  set->tile_rows_q8(rows[1], row_scales[1], panels, k, queries, k, tokens, scores, height);
  set->tile_columns_q8(columns[1], column_scales[1], k, height, positions, weights, positions, tokens, sums, k);
  for (size_t token = 0; token < tokens; token++) {
    for (size_t position = 0; position < positions; position++) {
      double exact = 0;
      for (size_t i = 0; i < k; i++) {
        exact += (double)of_rows[1][position / 16 * 16 * k + i * 16 + position % 16] * queries[token * k + i];
      }
      expect_near("tile_rows_q8", scores[token * height + position], exact, 1e-5);
    }
    for (size_t column = 0; column < k; column++) {
      double exact = 1;
      for (size_t i = 0; i < positions; i++) {
        exact += (double)of_columns[1][(column / 16 * height + i) * 16 + column % 16] * weights[token * positions + i];
      }
      expect_near("tile_columns_q8", sums[token * k + column], exact, 1e-5);
    }
  }
}

void check_tiles(void) {
  static const size_t shapes[][2] = {
    {1, 1}, {2, 2}, {7, 3}, {16, 4}, {31, 5}, {64, 6}, {65, 7}, {33, 11}, {40, 12}, {130, 29},
  };
  static const size_t panels[] = {1, 2, 3, 5}, counts[] = {1, 5, 16}, sizes[] = {1, 8, 9, 33, 64};
  static const size_t columns[] = {1, 16, 40, 64}, tokens[] = {1, 2, 3, 4, 7};
  for (size_t p = 0; p < 4; p++) {
    for (size_t s = 0; s < 20; s++) check_products(panels[p], shapes[s / 2][0], shapes[s / 2][1], (int)(s % 2));
    release();
  }
  for (size_t c = 0; c < 15; c++) check_rows(counts[c / 5], sizes[c % 5]);
  for (size_t c = 0; c < 4; c++) check_columns(columns[c]);
  for (size_t t = 0; t < 5; t++) {
    check_bytes(tokens[t]);
    release();
  }
}
