#pragma once
#include <stdint.h>

/// What waiters sleep on: a number that changes with each wake-up, and how many of them sleep.
struct ledger_wake_word {
    uint32_t generation;
    uint32_t waiters;
};

/// The first bytes of a journal's wake-up page, shared between processes. A hint, never the truth: a
/// waiter looks at the journal itself after each return.
struct ledger_wake {
    uint64_t last_sequence;
    struct ledger_wake_word events;
    struct ledger_wake_word submissions;
};

/// Publishes `sequence` and wakes those who wait for events.
void ledger_wake_publish(struct ledger_wake *page, uint64_t sequence);

uint32_t ledger_wake_generation(const struct ledger_wake_word *word);

/// Wakes every waiter of `word`; costs no system call while nobody waits.
void ledger_wake_all(struct ledger_wake_word *word);

/// Waits until the generation differs from `seen` or `nanoseconds` have passed.
void ledger_wake_wait(struct ledger_wake_word *word, uint32_t seen, int64_t nanoseconds);
