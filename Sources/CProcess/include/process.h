#pragma once

/// Before the first line of a program that links this target, descriptors 0, 1 and 2 are opened on /dev/null
/// where they are closed. Otherwise the first files that the program opens get these numbers, and its output is
/// written into them. A write beyond the limit of file sizes fails instead of ending the process.

/// Ends the process with a message and `ledger_fault_exit_code` when it touches a page of a journal's data file
/// that cannot be read, or when LMDB follows a damaged page into nowhere. Other faults keep their handlers.
/// Call it before a data file is mapped; later calls do nothing.
void ledger_fault_watch(void);

/// The exit code of such an end: 3 unless this was called.
void ledger_fault_exit_code(int code);

/// Ends the process like such a fault, because a library refused what it read.
void ledger_fault_refuse(const char *reason);

/// Exchanges the names of two files or folders in one step; 0, or the number of the error.
int ledger_exchange_names(const char *one, const char *other);
