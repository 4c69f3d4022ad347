#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

// At the limit of file sizes (ulimit -f) a write fails with EFBIG, which is named, instead of ending the process
// by a signal.
__attribute__((constructor)) static void ignore_file_size_signal(void) { signal(SIGXFSZ, SIG_IGN); }

// A constructor, because the run-time library opens descriptors of its own before `main` of a program that
// waits asynchronously.
__attribute__((constructor)) static void fill_standard_descriptors(void) {
    for (int wanted = 0; wanted <= 2; wanted++) {
        if (fcntl(wanted, F_GETFD) >= 0 || errno != EBADF) continue;
        // Every lower descriptor is open by now, so this one is used.
        int opened = open("/dev/null", O_RDWR);
        // Without /dev/null any directory keeps the number; writes to it fail.
        if (opened < 0) opened = open("/", O_RDONLY | O_DIRECTORY);
        if (opened < 0) _exit(2);
    }
}

static volatile sig_atomic_t exit_code = 3;
static volatile sig_atomic_t is_watching = 0;
static struct sigaction old_bus, old_segment;

void ledger_fault_exit_code(int code) { exit_code = code; }

static void say(const char *text, size_t length) {
    while (length > 0) {
        ssize_t written = write(2, text, length);
        if (written < 0 && errno != EINTR) return;
        if (written > 0) text += written, length -= (size_t)written;
    }
}

static void say_text(const char *text) { say(text, strlen(text)); }

/// A mapping's line of /proc/self/maps: FIRST-LAST PERMISSIONS OFFSET DEVICE INODE PATH.
struct mapping {
    uintptr_t first, last;
    const char *path;
    size_t path_length;
};

static const char *read_hex(const char *text, const char *end, uintptr_t *number) {
    *number = 0;
    for (; text < end; text++) {
        char digit = *text;
        unsigned value;
        if (digit >= '0' && digit <= '9') value = (unsigned)(digit - '0');
        else if (digit >= 'a' && digit <= 'f') value = (unsigned)(digit - 'a') + 10;
        else break;
        *number = *number << 4 | value;
    }
    return text;
}

static struct mapping parse_mapping(const char *line, const char *end) {
    struct mapping found = {0, 0, "", 0};
    const char *rest = read_hex(line, end, &found.first);
    if (rest < end) rest = read_hex(rest + 1, end, &found.last);
    const char *path = memchr(rest, '/', (size_t)(end - rest));
    if (path) found.path = path, found.path_length = (size_t)(end - path);
    return found;
}

static int ends_with(const struct mapping *found, const char *name) {
    size_t length = strlen(name);
    return found->path_length >= length &&
           memcmp(found->path + found->path_length - length, name, length) == 0;
}

static int contains(const struct mapping *found, const char *name) {
    return memmem(found->path, found->path_length, name, strlen(name)) != NULL;
}

static char lines[65536];
static char journal[4096];
static size_t journal_length;

static void keep_journal(const struct mapping *found) {
    journal_length = found->path_length - strlen("/data.mdb");
    if (journal_length > sizeof journal) journal_length = sizeof journal;
    memcpy(journal, found->path, journal_length);
}

/// Whether the fault is the data file's: at an address of its map, or in an instruction of LMDB. Keeps the
/// journal's path. Uses only calls that a signal handler may make.
static int is_journals(uintptr_t address, uintptr_t instruction) {
    int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    size_t held = 0;
    int is_ours = 0;
    for (;;) {
        ssize_t count = read(file, lines + held, sizeof lines - held);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        held += (size_t)count;
        char *line = lines, *end;
        while ((end = memchr(line, '\n', (size_t)(lines + held - line)))) {
            struct mapping found = parse_mapping(line, end);
            int is_data = ends_with(&found, "/data.mdb");
            int holds = address >= found.first && address < found.last;
            if (is_data && (holds || journal_length == 0)) keep_journal(&found);
            if (is_data && holds) is_ours = 1;
            if (instruction >= found.first && instruction < found.last && contains(&found, "/liblmdb"))
                is_ours = 1;
            line = end + 1;
        }
        held = (size_t)(lines + held - line);
        memmove(lines, line, held);
        if (held == sizeof lines) break;
    }
    close(file);
    return is_ours;
}

static void end_process(const char *reason) {
    say_text("ledger: ");
    if (journal_length > 0) say(journal, journal_length);
    else say_text("the journal");
    say_text(" is damaged: ");
    say_text(reason);
    say_text("; keep the files, run `ledger verify`, and restore from a copy\n");
    _exit(exit_code);
}

static uintptr_t instruction_of(void *context) {
    ucontext_t *machine = context;
#if defined(__x86_64__)
    return (uintptr_t)machine->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)machine->uc_mcontext.pc;
#else
    return 0;
#endif
}

static void on_fault(int number, siginfo_t *info, void *context) {
    int saved = errno;
    if (is_journals((uintptr_t)info->si_addr, instruction_of(context)))
        end_process("a page of data.mdb that it needs cannot be read");
    // Not ours: the instruction runs again and meets the handler that was there before.
    sigaction(number, number == SIGBUS ? &old_bus : &old_segment, NULL);
    errno = saved;
}

void ledger_fault_watch(void) {
    if (__atomic_exchange_n(&is_watching, 1, __ATOMIC_SEQ_CST)) return;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &old_bus);
    sigaction(SIGSEGV, &action, &old_segment);
}

void ledger_fault_refuse(const char *reason) {
    is_journals(0, 0);
    end_process(reason);
}

int ledger_exchange_names(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0 ? 0 : errno;
}
