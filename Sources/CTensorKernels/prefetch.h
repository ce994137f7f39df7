// For what is read from memory once and in order, such as the weights of a model for one token.
#ifndef TK_PREFETCH_H
#define TK_PREFETCH_H

#include <stddef.h>
#include <stdint.h>

// Far enough for the time that memory takes, near enough for the second-level cache.
enum { tk_prefetch_distance = 8192, tk_cache_line = 64 };

// Asks for the bytes that lie so far behind these: a processor's own prefetching begins anew with every page of 4 KiB.
// What lies behind the end is asked for too, which does nothing.
static inline __attribute__((always_inline)) void tk_prefetch_behind(const uint8_t *bytes, size_t count) {
#pragma clang loop unroll(full)
  for (size_t i = 0; i < count; i += tk_cache_line) __builtin_prefetch(bytes + tk_prefetch_distance + i, 0, 2);
}
#endif
