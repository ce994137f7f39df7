// Tile products of bfloat16 with float32 sums, for processors that multiply pairs of them (AVX-512 BF16: Zen 4, Cooper
// Lake, Sapphire Rapids, or later). They are no part of an instruction set's table: a processor has them or not.
#ifndef BFLOAT_TILES_H
#define BFLOAT_TILES_H

#include <stddef.h>
#include <stdint.h>

// y[token][16 p + r] = sum over k of panel_p[k / 2][r][k % 2] * x[token][k], or that added to what y holds (`keep`).
//
// `panels` panels of 16 rows side by side, `panel_stride` numbers apart; k is even, and strides are in numbers.
typedef void (*tk_tile_bfloats)(
    const uint16_t *panel, size_t panels, size_t panel_stride, size_t k, const uint16_t *x, size_t x_stride,
    size_t tokens, float *y, size_t y_stride, int keep);

// NULL where the processor lacks the instruction.
tk_tile_bfloats tk_tile_bfloats_avx512(void);

// The twin that the other is tested against; every processor has it.
tk_tile_bfloats tk_tile_bfloats_plain(void);

// Writes `count` rows of k bfloat16 numbers, at most 16, into the first lanes of a panel; a last number without a partner
// gets zeros. Other lanes stay as they are.
void tk_pack_bfloats(const uint16_t *rows, size_t stride, size_t count, size_t k, uint16_t *panel);

#endif
