// Conversions of single numbers, shared by all bodies.
#ifndef TK_SCALARS_H
#define TK_SCALARS_H

#include <stdint.h>
#include <string.h>

static inline float tk_float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline uint32_t tk_bits_from_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

// IEEE float16 to float32, exact, a not-a-number made quiet; branch-free, so that loops over it vectorise.
static inline float tk_float_from_half(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  const uint32_t rest = half & 0x7fffu;
  // 2^112 moves the exponent's bias from 15 to 127 and makes denormals normal.
  const uint32_t finite = tk_bits_from_float(tk_float_from_bits(rest << 13) * 0x1p112f);
  const uint32_t special = (rest << 13) | (rest > 0x7c00u ? 0x7fc00000u : 0x7f800000u);
  return tk_float_from_bits(sign | (rest >= 0x7c00u ? special : finite));
}

// float32 to IEEE float16, to nearest even, too large to infinity; not-a-numbers become the quiet one of their sign.
static inline uint16_t tk_half_from_float(float value) {
  const uint32_t bits = tk_bits_from_float(value), sign = bits >> 16 & 0x8000u, rest = bits & 0x7fffffffu;
  // From 2^-14 up the exponent's bias changes and thirteen bits are rounded away. The carry may reach the exponent.
  const uint32_t normal = (rest - 0x38000000u + 0xfffu + (rest >> 13 & 1)) >> 13;
  // Below, adding a half leaves the bits of the result, rounded, at the low end of the sum.
  const uint32_t small = tk_bits_from_float(tk_float_from_bits(rest) + 0.5f) - 0x3f000000u;
  const uint32_t finite = rest < 0x38800000u ? small : normal;
  const uint32_t special = rest > 0x7f800000u ? 0x7e00u : 0x7c00u;
  return (uint16_t)(sign | (rest >= 0x47800000u ? special : finite));
}

static inline uint16_t tk_load16(const uint8_t *bytes) {
  uint16_t value;
  memcpy(&value, bytes, 2);
  return value;
}

#ifdef TK_F16C
static inline float tk_load_half(const uint8_t *bytes) { return _cvtsh_ss(tk_load16(bytes)); }
#elif defined(TK_NEON)
static inline float tk_load_half(const uint8_t *bytes) {
  _Float16 half;
  memcpy(&half, bytes, 2);
  return (float)half;
}
#else
static inline float tk_load_half(const uint8_t *bytes) { return tk_float_from_half(tk_load16(bytes)); }
#endif

#endif
