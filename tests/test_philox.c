#include "op.h"
#include "support.h"

/* The known answers that come with Random123 (kat_vectors, philox4x32 10). */
static void check(const uint32_t counter[4], const uint32_t key[2],
                  const uint32_t expected[4])
{
    uint32_t block[4];

    tg_philox(counter, key, block);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(block[i], expected[i]);
}

TEST(gives_the_known_answers)
{
    check((uint32_t[4]){0}, (uint32_t[2]){0},
          (uint32_t[4]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    check((uint32_t[4]){0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
          (uint32_t[2]){0xffffffff, 0xffffffff},
          (uint32_t[4]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    /* the digits of pi */
    check((uint32_t[4]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
          (uint32_t[2]){0xa4093822, 0x299f31d0},
          (uint32_t[4]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_MAIN("philox", gives_the_known_answers)
