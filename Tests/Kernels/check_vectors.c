// Reductions, exponentials, the gated activation and the softmax in parts, against formulas in double precision.
#include "check.h"

#include <math.h>
#include <string.h>

static void check_reductions(size_t count) {
  const float *a = random_floats(count, 1, 1), *b = random_floats(count, 2, 1);
  double dot = 0, magnitude = 0, squares = 0;
  float largest = a[0], extreme = 0;
  for (size_t i = 0; i < count; i++) {
    dot += (double)a[i] * b[i];
    magnitude += fabs((double)a[i] * b[i]);
    squares += (double)a[i] * a[i];
    largest = a[i] > largest ? a[i] : largest;
    extreme = fabsf(a[i]) > extreme ? fabsf(a[i]) : extreme;
  }
  expect_near("dot", set->dot(a, b, count), dot, 1e-6 * magnitude);
  expect_near("sum_of_squares", set->sum_of_squares(a, count), squares, 1e-6 * squares);
  expect_near("maximum", set->maximum(a, count), largest, 0);
  expect_near("largest_magnitude", set->largest_magnitude(a, count), extreme, 0);
}

static void check_additions(size_t count) {
  const float *x = random_floats(count, 3, 1), *start = random_floats(count, 4, 1);
  float *y = ARRAY(float, count), *scaled = ARRAY(float, count);
  memcpy(y, start, count * sizeof(float));
  memcpy(scaled, start, count * sizeof(float));
  set->add_scaled(0.75f, x, y, count);
  set->scale(0.3f, scaled, count);
  for (size_t i = 0; i < count; i++) {
    expect_near("add_scaled", y[i], start[i] + 0.75 * x[i], 1e-6);
    expect_near("scale", scaled[i], start[i] * 0.3f, 0);
  }
}

static void check_exponentials(size_t count) {
  float *x = random_floats(count, 5, 40), *start = random_floats(count, 5, 40);
  const float maximum = set->maximum(x, count);
  const float sum = set->exponentials(x, maximum, count);
  double total = 0;
  for (size_t i = 0; i < count; i++) {
    const double exact = exp((double)(start[i] - maximum));
    expect_near("exponentials", x[i], exact, 4e-7 * exact + 1e-37);
    total += x[i];
  }
  expect_near("exponentials, sum", sum, total, 1e-6 * total);
}

static void check_edges(void) {
  const float edges[] = {0, -87, -88, -104, -INFINITY, 88.7f, 89.5f, NAN, 1, -1};
  const size_t count = sizeof edges / sizeof *edges;
  float *x = ARRAY(float, count);
  memcpy(x, edges, sizeof edges);
  set->exponentials(x, 0, count);
  expect_near("exp(0)", x[0], 1, 0);
  expect_near("exp(-87)", x[1] / exp(-87), 1, 1e-6);
  expect_near("exp(-104)", x[3], 0, 0);
  expect_near("exp(-inf)", x[4], 0, 0);
  expect_near("exp(88.7)", x[5] / exp((double)88.7f), 1, 1e-6);
  expect_near("exp(89.5) is infinite", isinf(x[6]), 1, 0);
  expect_near("exp(nan) is none", isnan(x[7]), 1, 0);
}

static double gated(double g, double u) { return g / (1 + exp(-g)) * u; }

static void check_gate(size_t count) {
  const float *gate = random_floats(count, 6, 8), *up = random_floats(count, 7, 1), *d = random_floats(count, 8, 1);
  float *out = ARRAY(float, count), *d_gate = ARRAY(float, count), *d_up = ARRAY(float, count);
  memcpy(d_gate, gate, count * sizeof(float));
  memcpy(d_up, up, count * sizeof(float));
  set->silu_product(gate, up, out, count);
  set->silu_product_backward(d_gate, d_up, d, count);
  const double step = 1e-5;
  for (size_t i = 0; i < count; i++) {
    const double g = gate[i], u = up[i], size = fabs(g) > 1 ? fabs(g) : 1;
    expect_near("silu_product", out[i], gated(g, u), 1e-6 * size);
    const double slope_g = (gated(g + step, u) - gated(g - step, u)) / (2 * step) * d[i];
    const double slope_u = (gated(g, u + step) - gated(g, u - step)) / (2 * step) * d[i];
    expect_near("silu_product_backward, gate", d_gate[i], slope_g, 1e-5);
    expect_near("silu_product_backward, up", d_up[i], slope_u, 1e-5 * size);
  }
}

static void check_rotation(size_t half) {
  const size_t heads = 3, count = 2 * heads * half;
  const float *start = random_floats(count, 9, 1), *angles = random_floats(half, 10, 100);
  float *cosines = ARRAY(float, half), *sines = ARRAY(float, half), *x = ARRAY(float, count);
  for (size_t i = 0; i < half; i++) cosines[i] = cosf(angles[i]), sines[i] = sinf(angles[i]);
  memcpy(x, start, count * sizeof(float));
  set->rotate_halves(x, heads, half, cosines, sines, 1);
  for (size_t i = 0; i < count / 2; i++) {
    const size_t first = i / half * 2 * half + i % half, second = first + half;
    const double cosine = cosines[i % half], sine = sines[i % half];
    expect_near("rotate_halves", x[first], start[first] * cosine - start[second] * sine, 2e-7);
    expect_near("rotate_halves", x[second], start[second] * cosine + start[first] * sine, 2e-7);
  }
  set->rotate_halves(x, heads, half, cosines, sines, -1);
  for (size_t i = 0; i < count; i++) expect_near("rotate_halves, back", x[i], start[i], 5e-7);
}

// Parts of a row, met one after the other, give the softmax of the whole.
static void check_softmax(const size_t *parts, size_t part_count) {
  size_t count = 0;
  for (size_t i = 0; i < part_count; i++) count += parts[i];
  const float *scores = random_floats(count, 7, 30);
  float *x = ARRAY(float, count), maximum = -INFINITY, sum = 0;
  memcpy(x, scores, count * sizeof(float));
  size_t start = 0;
  for (size_t i = 0; i < part_count; start += parts[i++]) {
    const float factor = set->online_softmax(x + start, parts[i], &maximum, &sum);
    for (size_t j = 0; j < start; j++) x[j] *= factor;
  }
  double total = 0;
  for (size_t i = 0; i < count; i++) {
    const double exact = exp((double)scores[i] - maximum);
    expect_near("online_softmax", x[i], exact, (1e-6 + 1.2e-7 * (maximum - (double)scores[i])) * exact + 1e-37);
    total += x[i];
  }
  expect_near("online_softmax, maximum", maximum, plain->maximum(scores, count), 0);
  expect_near("online_softmax, sum", sum, total, 1e-6 * total);
}

void check_vectors(void) {
  static const size_t sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 100, 576, 1000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    check_reductions(sizes[i]);
    check_additions(sizes[i]);
    check_exponentials(sizes[i]);
    check_gate(sizes[i]);
    check_rotation(sizes[i]);
    release();
  }
  check_edges();
  static const size_t parts[] = {1, 8, 8, 3, 64, 1, 17, 128, 5};
  check_softmax(parts, 1);
  check_softmax(parts + 1, 2);
  check_softmax(parts + 3, 4);
  check_softmax(parts + 7, 2);
}
