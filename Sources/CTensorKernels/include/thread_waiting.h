// Waiting until another thread changes a number: by looking at it for a while, then by sleeping.
#ifndef THREAD_WAITING_H
#define THREAD_WAITING_H

#include <stdbool.h>
#include <stdint.h>

// Looks at `*word` until it is no longer `value`, but no longer than so many nanoseconds; returns whether it changed.
bool tk_spin(const uint32_t *word, uint32_t value, int64_t nanoseconds);

// Sleeps while `*word` is `value`, until tk_wake; may also return for no reason.
void tk_sleep(const uint32_t *word, uint32_t value);

// Wakes all threads that sleep on the word. Costs a system call.
void tk_wake(const uint32_t *word);

#endif
