#include "wake.h"

#include <linux/futex.h>
#include <limits.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint64_t ledger_wake_sequence(const struct ledger_wake *page) {
    return __atomic_load_n(&page->last_sequence, __ATOMIC_ACQUIRE);
}

uint32_t ledger_wake_generation(const struct ledger_wake *page) {
    return __atomic_load_n(&page->generation, __ATOMIC_ACQUIRE);
}

void ledger_wake_publish(struct ledger_wake *page, uint64_t sequence) {
    __atomic_store_n(&page->last_sequence, sequence, __ATOMIC_RELEASE);
    __atomic_fetch_add(&page->generation, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&page->waiters, __ATOMIC_SEQ_CST) != 0)
        syscall(SYS_futex, &page->generation, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void ledger_wake_wait(struct ledger_wake *page, uint32_t seen, int64_t nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    __atomic_fetch_add(&page->waiters, 1, __ATOMIC_SEQ_CST);
    // A waiter that dies here leaves the count too high: the writer then pays a call, no wake-up is lost.
    syscall(SYS_futex, &page->generation, FUTEX_WAIT, seen, &limit, NULL, 0);
    __atomic_fetch_sub(&page->waiters, 1, __ATOMIC_SEQ_CST);
}
