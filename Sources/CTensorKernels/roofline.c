#include "include/roofline.h"

#include <string.h>

#include "prefetch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Twelve chains that do not wait for each other: more than any processor's latency times its units.
enum { chains = 12 };

uint64_t tk_read_all(const uint8_t *bytes, size_t count) {
  typedef uint64_t words __attribute__((vector_size(16)));
  words sums[8] = {0};
  for (size_t i = 0; i + 256 <= count; i += 256) {
    tk_prefetch_behind(bytes + i, 256);
    for (int part = 0; part < 16; part++) {
      words value;
      memcpy(&value, bytes + i + 16 * part, sizeof value);
      sums[part % 8] ^= value;
    }
  }
  words all = {0};
  for (int i = 0; i < 8; i++) all ^= sums[i];
  return all[0] ^ all[1];
}

// Defines a loop: `step` changes one of the chains by x and y. The empty assembly tells the compiler
// that every result is used, and that x may be another number each time.
#define PEAK(name, attribute, vector, constraint, start, step) \
  attribute static void name(size_t rounds) { \
    vector sums[chains], x = start(1), y = start(2); \
    for (int i = 0; i < chains; i++) sums[i] = start(i); \
    for (size_t round = 0; round < rounds; round++) { \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) { \
        sums[i] = step(sums[i], x, y); \
        __asm__ volatile("" : "+" constraint(sums[i]), "+" constraint(x)); \
      } \
    } \
  }

typedef float floats4 __attribute__((vector_size(16)));
#define START4(i) ((floats4){0, 0, 0, 0} + (float)(i))
#if defined(__aarch64__)
#include <arm_neon.h>
#define FUSED_STEP(sum, x, y) (floats4)vfmaq_f32((float32x4_t)(sum), (float32x4_t)(x), (float32x4_t)(y))
PEAK(float_neon, , floats4, "w", START4, FUSED_STEP)
#define BASELINE {"fmla", 8.0 * chains, float_neon}
#elif defined(__x86_64__)
#define PLAIN_STEP(sum, x, y) ((sum) * (x) + (y))
PEAK(float_sse, , floats4, "x", START4, PLAIN_STEP)
#define BASELINE {"mulps, addps", 8.0 * chains, float_sse}
#else
#define BASELINE {"none", 0, 0}
#endif

#define TARGET(features) __attribute__((target(features)))

#if defined(__x86_64__)
#define FMA256(sum, x, y) _mm256_fmadd_ps(x, y, sum)
#define FMA512(sum, x, y) _mm512_fmadd_ps(x, y, sum)
// Sixteen bits are what the sets without VNNI add up in, as long as they can.
#define MADDUBS(sum, x, y) _mm256_add_epi16(sum, _mm256_maddubs_epi16(x, y))
#define DPBF16(sum, x, y) _mm512_dpbf16_ps(sum, (__m512bh)(x), (__m512bh)(y))
#define DPBUSD256(sum, x, y) _mm256_dpbusd_avx_epi32(sum, x, y)
#define DPBUSD512(sum, x, y) _mm512_dpbusd_epi32(sum, x, y)

PEAK(float_avx2, TARGET("avx2,fma"), __m256, "x", _mm256_set1_ps, FMA256)
PEAK(float_avx512, TARGET("avx512f"), __m512, "v", _mm512_set1_ps, FMA512)
PEAK(int8_avx2, TARGET("avx2"), __m256i, "x", _mm256_set1_epi8, MADDUBS)
PEAK(int8_avxvnni, TARGET("avx2,avxvnni"), __m256i, "x", _mm256_set1_epi8, DPBUSD256)
PEAK(int8_avx512vnni, TARGET("avx512f,avx512vnni"), __m512i, "v", _mm512_set1_epi8, DPBUSD512)

PEAK(bfloat16_avx512, TARGET("avx512f,avx512bf16"), __m512, "v", _mm512_set1_ps, DPBF16)

// Four products of tiles that do not wait for each other, 16 by 16 by 32.
TARGET("amx-tile,amx-bf16") static void bfloat16_amx(size_t rounds) {
  uint8_t shapes[64] = {1};
  for (int tile = 0; tile < 8; tile++) shapes[16 + 2 * tile] = 64, shapes[48 + tile] = 16;
  _tile_loadconfig(shapes);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (size_t round = 0; round < rounds; round++) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_release();
}

// The set `amx` is that of the widest vectors beside the matrix unit.
static int has_wide_vectors(const char *set) { return strncmp(set, "avx512", 6) == 0 || strcmp(set, "amx") == 0; }

tk_peak tk_peak_bfloat16(const char *set) {
  if (strcmp(set, "amx") == 0) return (tk_peak){"tdpbf16ps", 4 * 2 * 16 * 16 * 32, bfloat16_amx};
  if (strcmp(set, "avx512vnni") == 0 && __builtin_cpu_supports("avx512bf16")) {
    return (tk_peak){"vdpbf16ps, 512 bits", 64.0 * chains, bfloat16_avx512};
  }
  return (tk_peak){"none", 0, 0};
}

tk_peak tk_peak_float32(const char *set) {
  if (has_wide_vectors(set)) return (tk_peak){"vfmadd, 512 bits", 32.0 * chains, float_avx512};
  if (strncmp(set, "avx", 3) == 0) return (tk_peak){"vfmadd, 256 bits", 16.0 * chains, float_avx2};
  return (tk_peak)BASELINE;
}

tk_peak tk_peak_int8(const char *set) {
  const int vnni = strstr(set, "vnni") != 0 || strcmp(set, "amx") == 0;
  if (vnni && has_wide_vectors(set)) return (tk_peak){"vpdpbusd, 512 bits", 128.0 * chains, int8_avx512vnni};
  if (vnni) return (tk_peak){"vpdpbusd, 256 bits", 64.0 * chains, int8_avxvnni};
  if (strncmp(set, "avx", 3) == 0) return (tk_peak){"vpmaddubsw, vpaddw, 256 bits", 64.0 * chains, int8_avx2};
  return (tk_peak){"none", 0, 0};
}
#else
tk_peak tk_peak_float32(const char *set) {
  (void)set;
  return (tk_peak)BASELINE;
}

tk_peak tk_peak_bfloat16(const char *set) {
  (void)set;
  return (tk_peak){"none", 0, 0};
}
#endif

#if defined(__aarch64__)
#define SMULL(sum, x, y) \
  vpadalq_s16(sum, vpaddq_s16(vmull_s8(vget_low_s8((int8x16_t)(x)), vget_low_s8((int8x16_t)(y))), \
                              vmull_high_s8((int8x16_t)(x), (int8x16_t)(y))))
#define SDOT(sum, x, y) vdotq_s32(sum, (int8x16_t)(x), (int8x16_t)(y))
PEAK(int8_neon, , int32x4_t, "w", vdupq_n_s32, SMULL)
PEAK(int8_neondot, TARGET("dotprod"), int32x4_t, "w", vdupq_n_s32, SDOT)

tk_peak tk_peak_int8(const char *set) {
  if (strcmp(set, "neondot") == 0) return (tk_peak){"sdot", 32.0 * chains, int8_neondot};
  if (strcmp(set, "neon") == 0) return (tk_peak){"smull, addp, sadalp", 32.0 * chains, int8_neon};
  return (tk_peak){"none", 0, 0};
}
#elif !defined(__x86_64__)

tk_peak tk_peak_int8(const char *set) {
  (void)set;
  return (tk_peak){"none", 0, 0};
}
#endif
