// CRC-32C. The instruction has a latency of three cycles and a throughput of one, so long inputs are
// read in three lanes whose results are joined by multiplying with a power of x modulo the polynomial.
#include "checksum.h"

#include <pthread.h>
#include <string.h>

#define POLYNOMIAL 0x82F63B78u
#define LONG_LANE 1024u
#define SHORT_LANE 128u
#define PREFETCH_DISTANCE 4096

static uint32_t byte_table[256];
static uint32_t long_shift[4][256];
static uint32_t short_shift[4][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/// The register after `count` zero bytes.
static uint32_t after_zero_bytes(uint32_t crc, unsigned count) {
    for (unsigned i = 0; i < count; i++) crc = (crc >> 8) ^ byte_table[crc & 0xFF];
    return crc;
}

/// CRCs are linear, so the effect of `count` zero bytes on a register is the XOR of its effect on the
/// register's four bytes.
static void fill_shift(uint32_t table[4][256], unsigned count) {
    for (unsigned byte = 0; byte < 4; byte++)
        for (uint32_t value = 0; value < 256; value++)
            table[byte][value] = after_zero_bytes(value << (8 * byte), count);
}

static void fill_tables(void) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) ? POLYNOMIAL : 0);
        byte_table[value] = crc;
    }
    fill_shift(long_shift, LONG_LANE);
    fill_shift(short_shift, SHORT_LANE);
}

uint32_t ledger_crc32c_table(uint32_t crc, const void *bytes, size_t length) {
    pthread_once(&once, fill_tables);
    const unsigned char *at = bytes;
    crc = ~crc;
    while (length--) crc = (crc >> 8) ^ byte_table[(crc ^ *at++) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

static inline uint32_t shifted(uint32_t table[4][256], uint32_t crc) {
    return table[0][crc & 0xFF] ^ table[1][(crc >> 8) & 0xFF] ^ table[2][(crc >> 16) & 0xFF] ^
           table[3][crc >> 24];
}

static inline uint64_t word(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

__attribute__((target("sse4.2"))) static inline uint64_t
three_lanes(uint64_t crc, const unsigned char *at, unsigned lane, uint32_t shift[4][256]) {
    uint64_t second = 0, third = 0;
    for (unsigned line = 0; line < lane; line += 64) {
        // The jumps between lanes hide the pattern from the hardware's own prefetching: asking for the
        // lines a page ahead makes reading from memory three times as fast. Asking for what lies beyond
        // the end does no harm.
        const char *ahead = (const char *)at + PREFETCH_DISTANCE + 3 * line;
        _mm_prefetch(ahead, _MM_HINT_T0);
        _mm_prefetch(ahead + 64, _MM_HINT_T0);
        _mm_prefetch(ahead + 128, _MM_HINT_T0);
        for (unsigned i = line; i < line + 64; i += 8) {
            crc = _mm_crc32_u64(crc, word(at + i));
            second = _mm_crc32_u64(second, word(at + lane + i));
            third = _mm_crc32_u64(third, word(at + 2 * lane + i));
        }
    }
    crc = shifted(shift, (uint32_t)crc) ^ second;
    return shifted(shift, (uint32_t)crc) ^ third;
}

__attribute__((target("sse4.2"))) static uint32_t
hardware(uint32_t start, const unsigned char *at, size_t length) {
    uint64_t crc = (uint32_t)~start;
    for (; length >= 3 * LONG_LANE; at += 3 * LONG_LANE, length -= 3 * LONG_LANE)
        crc = three_lanes(crc, at, LONG_LANE, long_shift);
    for (; length >= 3 * SHORT_LANE; at += 3 * SHORT_LANE, length -= 3 * SHORT_LANE)
        crc = three_lanes(crc, at, SHORT_LANE, short_shift);
    for (; length >= 8; at += 8, length -= 8) crc = _mm_crc32_u64(crc, word(at));
    for (; length > 0; at++, length--) crc = _mm_crc32_u8((uint32_t)crc, *at);
    return ~(uint32_t)crc;
}

uint32_t ledger_crc32c(uint32_t crc, const void *bytes, size_t length) {
    pthread_once(&once, fill_tables);
    if (__builtin_cpu_supports("sse4.2")) return hardware(crc, bytes, length);
    return ledger_crc32c_table(crc, bytes, length);
}
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

uint32_t ledger_crc32c(uint32_t start, const void *bytes, size_t length) {
    const unsigned char *at = bytes;
    uint32_t crc = ~start;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t value;
        memcpy(&value, at, 8);
        crc = __crc32cd(crc, value);
    }
    for (; length > 0; at++, length--) crc = __crc32cb(crc, *at);
    return ~crc;
}
#else
uint32_t ledger_crc32c(uint32_t crc, const void *bytes, size_t length) {
    return ledger_crc32c_table(crc, bytes, length);
}
#endif
