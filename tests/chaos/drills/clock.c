/* The time of day jumps by CLOCK_JUMP_SECONDS once the process is CLOCK_JUMP_AFTER_SECONDS old; monotonic clocks go on. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

typedef int (*clock_reader)(clockid_t, struct timespec *);
static clock_reader real;
static struct timespec began;

static int read_clock(clockid_t clock, struct timespec *now)
{
    if (!real)
        real = (clock_reader)dlsym(RTLD_NEXT, "clock_gettime");
    return real(clock, now);
}

__attribute__((constructor)) static void start(void) { read_clock(CLOCK_MONOTONIC, &began); }

static long jump(void)
{
    struct timespec now;
    const char *after = getenv("CLOCK_JUMP_AFTER_SECONDS"), *seconds = getenv("CLOCK_JUMP_SECONDS");
    if (!after || !seconds)
        return 0;
    read_clock(CLOCK_MONOTONIC, &now);
    return now.tv_sec - began.tv_sec < atol(after) ? 0 : atol(seconds);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = read_clock(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec += jump();
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *told)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told)
        *told = now.tv_sec;
    return now.tv_sec;
}
