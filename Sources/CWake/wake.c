#include "wake.h"

#include <linux/futex.h>
#include <limits.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint32_t ledger_wake_generation(const struct ledger_wake_word *word) {
    return __atomic_load_n(&word->generation, __ATOMIC_ACQUIRE);
}

void ledger_wake_publish(struct ledger_wake *page, uint64_t sequence) {
    __atomic_store_n(&page->last_sequence, sequence, __ATOMIC_RELEASE);
    ledger_wake_all(&page->events);
}

void ledger_wake_all(struct ledger_wake_word *word) {
    __atomic_fetch_add(&word->generation, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&word->waiters, __ATOMIC_SEQ_CST) != 0)
        syscall(SYS_futex, &word->generation, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void ledger_wake_wait(struct ledger_wake_word *word, uint32_t seen, int64_t nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    __atomic_fetch_add(&word->waiters, 1, __ATOMIC_SEQ_CST);
    // A waiter that dies here leaves the count too high. The writer then makes a call that wakes nobody; no
    // wake-up is lost.
    syscall(SYS_futex, &word->generation, FUTEX_WAIT, seen, &limit, NULL, 0);
    __atomic_fetch_sub(&word->waiters, 1, __ATOMIC_SEQ_CST);
}
