/* Products and convolutions; test_thread_bits.c has the others. */
#include "thread_bits.h"

FN(matmul, tg_matmul(g, in[0], in[1]))
FN(corr2d, tg_corr2d(g, in[0], in[1]))
FN(conv2d,
   tg_conv2d(g, in[0], in[1], in[2], (tg_conv2d_options){.padding = {1, 1}}))
FN(strided, tg_conv2d(g, in[0], in[1], in[2],
                      (tg_conv2d_options){.stride = {2, 2}, .padding = {1, 1}}))
FN(grouped, tg_conv2d(g, in[0], in[1], in[2],
                      (tg_conv2d_options){.groups = 16, .padding = {1, 1}}))
FN(transposed, tg_conv_transpose2d(g, in[0], in[1], in[2],
                                   (tg_conv2d_options){.stride = {2, 2}}))
FN(max_pool, tg_max_pool2d(g, in[0], (tg_pool2d_options){.kernel = {2, 2}}))
FN(avg_pool,
   tg_avg_pool2d(g, in[0],
                 (tg_pool2d_options){.kernel = {3, 3}, .stride = {2, 2}}))

TEST(products)
{
    CHECK_CASES(
        {"matmul", matmul, 2, {TG_SHAPE(300, 300), TG_SHAPE(300, 300)}, false},
        {"matmul, odd",
         matmul,
         2,
         {TG_SHAPE(257, 129), TG_SHAPE(129, 511)},
         false},
        {"matmul, flat",
         matmul,
         2,
         {TG_SHAPE(2, 3000), TG_SHAPE(3000, 500)},
         false},
        {"matmul, batches",
         matmul,
         2,
         {TG_SHAPE(40, 64, 64), TG_SHAPE(40, 64, 64)},
         false},
        {"corr2d", corr2d, 2, {TG_SHAPE(500, 500), TG_SHAPE(5, 5)}, false},
        {"corr2d, wide",
         corr2d,
         2,
         {TG_SHAPE(40, 5000), TG_SHAPE(3, 7)},
         false});
}
END_TEST

#define CONV(x, w, b)                                                          \
    3,                                                                         \
    {                                                                          \
        x, w, b                                                                \
    }

TEST(convolutions)
{
    CHECK_CASES(
        {"conv2d", conv2d,
         CONV(TG_SHAPE(8, 16, 32, 32), TG_SHAPE(16, 16, 3, 3), TG_SHAPE(16)),
         false},
        {"conv2d, one image", conv2d,
         CONV(TG_SHAPE(1, 16, 64, 64), TG_SHAPE(24, 16, 3, 3), TG_SHAPE(24)),
         false},
        {"conv2d, one channel", conv2d,
         CONV(TG_SHAPE(32, 1, 28, 28), TG_SHAPE(6, 1, 5, 5), TG_SHAPE(6)),
         false},
        {"conv2d, stride 2", strided,
         CONV(TG_SHAPE(8, 16, 33, 33), TG_SHAPE(32, 16, 3, 3), TG_SHAPE(32)),
         false},
        {"conv2d, many channels", strided,
         CONV(TG_SHAPE(4, 8, 21, 21), TG_SHAPE(200, 8, 3, 3), TG_SHAPE(200)),
         false},
        {"conv2d, depthwise", grouped,
         CONV(TG_SHAPE(16, 16, 40, 40), TG_SHAPE(16, 1, 3, 3), TG_SHAPE(16)),
         true},
        {"conv_transpose2d", transposed,
         CONV(TG_SHAPE(8, 16, 16, 16), TG_SHAPE(16, 16, 3, 3), TG_SHAPE(16)),
         false},
        {"max_pool2d", max_pool, 1, {TG_SHAPE(16, 16, 64, 64)}, false},
        {"avg_pool2d", avg_pool, 1, {TG_SHAPE(16, 16, 64, 64)}, false});
}
END_TEST

TEST_MAIN("thread_bits_products", products, convolutions)
