// What a processor can do at most: bytes read and operations computed, for measurements to be held against.
#ifndef ROOFLINE_H
#define ROOFLINE_H

#include <stddef.h>
#include <stdint.h>

// Reads every byte (a multiple of 256) and returns their xor, by words of 8 bytes.
uint64_t tk_read_all(const uint8_t *bytes, size_t count);

// A loop of nothing but multiplications and additions in registers.
typedef struct tk_peak {
  // The instructions it is made of.
  const char *instructions;
  // Multiplications and additions of one round.
  double operations;
  void (*run)(size_t rounds);
} tk_peak;

// The loops of an instruction set, by its name; `run` is NULL where the set has no such instruction.
tk_peak tk_peak_float32(const char *set);
tk_peak tk_peak_int8(const char *set);
tk_peak tk_peak_bfloat16(const char *set);

#endif
