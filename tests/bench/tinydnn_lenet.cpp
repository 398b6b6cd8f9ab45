/* The peer of lenet: tiny-dnn. Its average pooling has a weight and a bias for
 * each channel, and it starts from numbers of its own, so that there is no
 * check to compare. */
#include "bench.h"

#define CNN_USE_AVX
#ifdef _OPENMP
#define CNN_USE_OMP
#else
#define CNN_SINGLE_THREAD
#endif
#define CNN_NO_SERIALIZATION
#include <tiny_dnn/config.h>
#undef CNN_USE_GEMMLOWP
#include <tiny_dnn/tiny_dnn.h>

using namespace tiny_dnn;
using namespace tiny_dnn::activation;
using namespace tiny_dnn::layers;

namespace
{

struct training {
    network<sequential> net;
    gradient_descent descent;
    std::vector<vec_t> images;
    std::vector<label_t> labels;
};

void step(void *env)
{
    training *t = static_cast<training *>(env);

    t->net.train<cross_entropy_multiclass>(t->descent, t->images, t->labels,
                                           t->images.size(), 1);
}

} // namespace

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 1);
    training t;
    t.net << conv<relu>(28, 28, 5, 1, 6, padding::same)
          << ave_pool<identity>(28, 28, 6, 2) << conv<relu>(14, 14, 5, 6, 16)
          << ave_pool<identity>(10, 10, 16, 2) << fc<relu>(400, 120)
          << fc<relu>(120, 84) << fc<softmax>(84, 10);
    t.descent.alpha = 0.01F;
    for (long i = 0; i < b.n[0]; i++) {
        vec_t image(28 * 28);
        bench_fill(&image[0], image.size(), static_cast<unsigned>(i + 1));
        t.images.push_back(image);
        t.labels.push_back(static_cast<label_t>(i % 10));
    }
    double seconds = bench_seconds(&b, step, &t);
    return bench_report(&b, 1e3 * seconds, "ms", 0);
}
