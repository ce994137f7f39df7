#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "include/thread_waiting.h"
#include "include/tensor_kernels.h"

#include <time.h>

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

bool tk_spin(const uint32_t *word, uint32_t value, int64_t nanoseconds) {
  const int64_t start = now();
  do {
    for (int i = 0; i < 32; i++) {
      if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return true;
      tk_spin_pause();
    }
  } while (now() - start < nanoseconds);
  return false;
}

#if defined(__linux__)
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

void tk_sleep(const uint32_t *word, uint32_t value) { syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, 0, 0, 0); }

void tk_wake(const uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, 0, 0, 0); }
#else
// Elsewhere all words share one condition: a thread that is woken for another's word goes back to sleep.
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void tk_sleep(const uint32_t *word, uint32_t value) {
  pthread_mutex_lock(&mutex);
  if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

void tk_wake(const uint32_t *word) {
  (void)word;
  pthread_mutex_lock(&mutex);
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}
#endif
