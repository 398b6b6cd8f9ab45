/* Numbers from bytes. */
#ifndef TINYGRAD_IO_NUMBER_H
#define TINYGRAD_IO_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tinygrad/error.h>

static inline uint64_t tg_big_endian(const unsigned char *at, size_t size)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | at[i];
    return bits;
}

static inline uint64_t tg_little_endian(const unsigned char *at, size_t size)
{
    uint64_t bits = 0;

    for (size_t i = size; i-- > 0;)
        bits = bits << 8 | at[i];
    return bits;
}

static inline float tg_float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double tg_double_of(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A whole number of `size` bytes. */
static inline int64_t tg_whole_of(uint64_t bits, int size, bool is_signed)
{
    uint64_t sign = (uint64_t)1 << (8 * size - 1);

    return (int64_t)(is_signed ? (bits ^ sign) - sign : bits);
}

static inline bool tg_is_little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;

    memcpy(&first, &one, 1);
    return first == 1;
}

/* What is written as the machine has its numbers has to have the lowest byte
 * first. */
static inline tg_status tg_check_byte_order(const char *what)
{
    return tg_is_little_endian()
               ? TG_OK
               : tg_fail(NULL, TG_ERR_UNSUPPORTED,
                         "%s: on a machine of the other byte order", what);
}

#endif
