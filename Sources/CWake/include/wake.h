#pragma once
#include <stdint.h>

/// The first bytes of a journal's wake-up page, shared between processes. A hint, never the truth: a
/// waiter looks at the journal itself after each return.
struct ledger_wake {
    uint64_t last_sequence;
    uint32_t generation;
    uint32_t waiters;
};

uint64_t ledger_wake_sequence(const struct ledger_wake *page);
uint32_t ledger_wake_generation(const struct ledger_wake *page);

/// Publishes `sequence` and wakes every waiter; costs no system call while nobody waits.
void ledger_wake_publish(struct ledger_wake *page, uint64_t sequence);

/// Waits until the generation differs from `seen` or `nanoseconds` have passed.
void ledger_wake_wait(struct ledger_wake *page, uint32_t seen, int64_t nanoseconds);
