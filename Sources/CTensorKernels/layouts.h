// How the codes and scales of a strip lie, one description for each format.
//
// A strip is some rows side by side, two vectors of the instruction set wide. It holds blocks of `columns` columns; a block
// is a header with the scales of all rows, then a tile for each 32 columns. A tile holds the codes in planes of vectors:
// lane = row, byte = column, so that vector j of the unpacked tile has columns 4j … 4j+3 of every row.
//   4 bits: four vectors, column group j in the low nibbles of vector j, group j + 4 in the high ones
//   2 bits: two vectors, groups 4v … 4v+3 in the bit pairs of vector v from the low end
//   1 bit:  one vector, group j in bit j
//   8 bits: eight vectors
// Codes of 3, 5 and 6 bits are a plane of 2 or 4 bits and, behind it, one for the high bits.
#ifndef TK_LAYOUTS_H
#define TK_LAYOUTS_H

#include "include/tensor_kernels.h"

// What the header of a block holds for each row, plane by plane, and what a weight is.
enum tk_scales {
  tk_scales_half,          // float16 d: d * (code - zero)
  tk_scales_half_minimum,  // float16 d, m: d * code + m
  tk_scales_small,         // float16 d; a signed byte for each tile: d * sc * (code - zero)
  tk_scales_small_minimum, // float16 d, m; a byte for each tile; another: d * sc * code - m * mn
  tk_scales_tiny,          // float16 d; a signed byte for each half tile: d * sc * (code - zero)
  tk_scales_tiny_minimum,  // float16 d, m; a byte for each half tile, scale low, minimum high: d * sc * code - m * mn
  tk_scales_float,         // float32 d, that of the source times `unit`: d * (code - zero)
};

typedef struct {
  int bits;              // of a code as it is stored
  int columns;           // of a block
  enum tk_scales scales;
  float zero;            // the code that stands for zero
  float unit;
  const uint8_t *levels; // what the codes stand for, 16 bytes; NULL where they stand for themselves
} tk_layout;

// The levels of IQ4_NL and IQ4_XS, and those of NF4 and FP4 in steps of 1/112 and 1/120, which round them least; 128 is zero.
static const uint8_t tk_iq4_levels[16] = {1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241};
static const uint8_t tk_nf4_levels[16] = {16, 50, 69, 84, 96, 107, 118, 128, 137, 146, 156, 166, 177, 191, 209, 240};
static const uint8_t tk_fp4_levels[16] = {128, 129, 208, 248, 168, 188, 148, 158, 128, 127, 48, 8, 88, 68, 108, 98};

// Tokens that pass together, as many tokens' activations are packed.
#define TK_TOKENS 4

// Activations from a tile on, of `width` tokens side by side.
static inline tk_activations tk_activations_at(const tk_activations *x, size_t tile, size_t width) {
  return (tk_activations){
    x->codes + 32 * tile * width, x->scales + tile * width, x->sums + tile * width, x->half_sums + 2 * tile * width,
    x->outliers + tile * width,
  };
}

// Name, bytes of a row's block, bits, columns, scales, zero, unit, levels; the rows of every table of formats.
#define TK_INTERLEAVED_FORMATS(row) \
  row(q4_0, 18, 4, 32, tk_scales_half, 8, 1, NULL) \
  row(q4_1, 20, 4, 32, tk_scales_half_minimum, 0, 1, NULL) \
  row(q5_0, 22, 5, 32, tk_scales_half, 16, 1, NULL) \
  row(q5_1, 24, 5, 32, tk_scales_half_minimum, 0, 1, NULL) \
  row(q8_0, 34, 8, 32, tk_scales_half, 128, 1, NULL) \
  row(q2_K, 84, 2, 256, tk_scales_tiny_minimum, 0, 1, NULL) \
  row(q3_K, 110, 3, 256, tk_scales_tiny, 4, 1, NULL) \
  row(q4_K, 144, 4, 256, tk_scales_small_minimum, 0, 1, NULL) \
  row(q5_K, 176, 5, 256, tk_scales_small_minimum, 0, 1, NULL) \
  row(q6_K, 210, 6, 256, tk_scales_tiny, 32, 1, NULL) \
  row(iq4_nl, 18, 4, 32, tk_scales_half, 128, 1, tk_iq4_levels) \
  row(iq4_xs, 136, 4, 256, tk_scales_small, 128, 1, tk_iq4_levels) \
  row(nf4, 32, 4, 64, tk_scales_float, 128, 1 / 112.0f, tk_nf4_levels) \
  row(fp4, 32, 4, 64, tk_scales_float, 128, 1 / 120.0f, tk_fp4_levels) \
  row(int8, 64, 8, 64, tk_scales_float, 128, 1 / 127.0f, NULL)

#endif
