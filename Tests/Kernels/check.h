// What the checks share: arrays that end where memory ends, random numbers, and a count of what differs.
#ifndef CHECK_H
#define CHECK_H

#include "../../Sources/CTensorKernels/include/tensor_kernels.h"

#include <stddef.h>
#include <stdint.h>

// The set that is checked, and its twin.
extern const tk_kernels *set, *plain;

// A function of the set by the name of its field, both of it and of its twin.
#define BOTH(index) ((index) ? plain : set)

// Memory of so many bytes, the last right before a page that must not be touched; `release` frees all of it.
void *array(size_t bytes);
void release(void);
#define ARRAY(type, count) ((type *)array((count) * sizeof(type)))

// Uniform in -scale … scale; the same numbers for the same seed.
float *random_floats(size_t count, uint64_t seed, double scale);
uint8_t *random_bytes(size_t count, uint64_t seed);

// A number's float16 bits and back, by the compiler.
uint16_t half_bits(float value);
float half_value(uint16_t bits);

// Each says what it checked where it does not hold.
void expect_near(const char *what, double found, double expected, double bound);
void expect_same_floats(const char *what, const float *found, const float *expected, size_t count);
void expect_same_bytes(const char *what, const void *found, const void *expected, size_t count);

void check_formats(void);
void check_codes(void);
void check_strips(void);
void check_vectors(void);
void check_tiles(void);

#endif
