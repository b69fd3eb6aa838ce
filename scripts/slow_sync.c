/* Make every sync of a process last SYNC_DELAY_US longer: preloaded by bench_peers.py.
 *
 * Disks differ in this more than in anything else, from 50 us to 10 ms, and it is most of what a
 * durable write costs. The delay is the same for whoever is measured. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int after_delay(const char *name, int fd) {
    const char *delay = getenv("SYNC_DELAY_US");
    long us = delay ? atol(delay) : 0;
    struct timespec wait = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&wait, NULL);
    return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return after_delay("fsync", fd); }

int fdatasync(int fd) { return after_delay("fdatasync", fd); }
