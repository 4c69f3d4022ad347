#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, initial value and final XOR 0xFFFFFFFF) of
/// `length` bytes; "123456789" gives 0xE3069283. Continues from `crc` when it is not 0.
uint32_t ledger_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by a table, for machines without the instruction and for tests against it.
uint32_t ledger_crc32c_table(uint32_t crc, const void *bytes, size_t length);
