// Checks every instruction set of the processor that this runs on against the plain set and against double precision, with
// the bounds of the Swift tests. It needs no Swift, so that sets of other processors can be checked in an emulator.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const tk_kernels *set, *plain;
static size_t checked, failed;

// MARK: - Memory

static struct { void *start; size_t size; } arrays[4096];
static size_t array_count;

void *array(size_t bytes) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (bytes + page - 1) / page * page + page;
  uint8_t *start = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED || array_count == sizeof arrays / sizeof *arrays) _exit(2);
  mprotect(start + size - page, page, PROT_NONE);
  arrays[array_count].start = start;
  arrays[array_count++].size = size;
  return start + size - page - bytes;
}

void release(void) {
  while (array_count > 0) {
    array_count--;
    munmap(arrays[array_count].start, arrays[array_count].size);
  }
}

// MARK: - Random numbers

// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
static uint64_t split_mix(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

float *random_floats(size_t count, uint64_t seed, double scale) {
  float *x = ARRAY(float, count);
  for (size_t i = 0; i < count; i++) x[i] = (float)(((double)(split_mix(&seed) >> 11) * 0x1p-52 - 1) * scale);
  return x;
}

uint8_t *random_bytes(size_t count, uint64_t seed) {
  uint8_t *bytes = array(count);
  for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)split_mix(&seed);
  return bytes;
}

uint16_t half_bits(float value) {
  uint16_t bits;
  plain->encode_f16(&value, 1, (uint8_t *)&bits);
  return bits;
}

float half_value(uint16_t bits) {
  float value;
  plain->decode_f16((const uint8_t *)&bits, 1, &value);
  return value;
}

// MARK: - Expectations

static void count(int holds, const char *what, double found, double expected) {
  checked++;
  if (holds) return;
  if (failed++ < 20) fprintf(stderr, "%s, %s: found %.9g, expected %.9g\n", set->name, what, found, expected);
}

void expect_near(const char *what, double found, double expected, double bound) {
  count(fabs(found - expected) <= bound, what, found, expected);
}

void expect_same_floats(const char *what, const float *found, const float *expected, size_t length) {
  for (size_t i = 0; i < length; i++) {
    const int same = memcmp(found + i, expected + i, 4) == 0 || (isnan(found[i]) && isnan(expected[i]));
    count(same, what, found[i], expected[i]);
  }
}

void expect_same_bytes(const char *what, const void *found, const void *expected, size_t length) {
  const uint8_t *a = found, *b = expected;
  for (size_t i = 0; i < length; i++) count(a[i] == b[i], what, a[i], b[i]);
}

// MARK: - All of it

// The loops that measure peaks run at all, and reading reads everything.
static void check_roofline(void) {
  const tk_peak peaks[] = {tk_peak_float32(set->name), tk_peak_int8(set->name)};
  for (int i = 0; i < 2; i++) {
    if (peaks[i].run) peaks[i].run(10);
  }
  const size_t size = 2048;
  uint64_t *words = (uint64_t *)random_bytes(size, 1), expected = 0;
  for (size_t i = 0; i < size / 8; i++) expected ^= words[i];
  const uint64_t all = tk_read_all((const uint8_t *)words, size);
  expect_same_bytes("tk_read_all", &all, &expected, 8);
}

int main(void) {
  const tk_kernels *(*sets[])(void) = {
    tk_kernels_avx2, tk_kernels_avxvnni, tk_kernels_avx512, tk_kernels_avx512vnni, tk_kernels_neon, tk_kernels_neondot,
  };
  void (*checks[])(void) = {
    check_formats, check_codes, check_strips, check_vectors, check_tiles, check_roofline,
  };
  plain = tk_kernels_plain();
  size_t all_failed = 0, sets_checked = 0;
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
    if (!(set = sets[i]())) continue;
    checked = failed = 0;
    for (size_t j = 0; j < sizeof checks / sizeof *checks; j++) {
      checks[j]();
      release();
    }
    printf("%s: %zu numbers checked, %zu wrong\n", set->name, checked, failed);
    all_failed += failed;
    sets_checked++;
  }
  if (sets_checked == 0) fprintf(stderr, "this processor has only the plain set\n");
  return all_failed > 0 || sets_checked == 0;
}
