/* conv2d's peer: oneDNN, images in and out as (N, C, H, W), weights as (O, C,
 * h, w). What it takes to bring them into the formats that its primitives work
 * in, and back, is part of the work. Its own choice of a format is not always
 * its best one: each primitive is tried with three, and the fastest is taken.
 */
#include "bench.h"

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace dnnl;
using tag = memory::format_tag;

namespace
{

struct step {
    primitive what;
    std::unordered_map<int, memory> arguments;
};

/* The formats of images; undef leaves a primitive out. */
struct formats {
    tag forward, data, weights;
};

class convolution
{
  public:
    convolution(const long *n, formats chosen);
    void run();
    double check() const;

  private:
    memory plain(const memory::dims &dims, tag format, unsigned seed);
    memory come(const memory &from, const memory::desc &format);
    memory go(const memory &to, const memory::desc &format);
    void leave();
    convolution_forward::primitive_desc choose(tag format) const;
    void forward(tag format);
    void backward_data(tag format);
    void backward_weights(tag format);

    engine cpu{engine::kind::cpu, 0};
    stream queue{cpu};
    std::vector<step> steps;
    std::vector<std::pair<memory, memory>> here, leaving;
    memory x, w, b, y, dy, dx, dw, db;
    memory::dims stride, padding;
    std::vector<memory> results;
};

memory convolution::plain(const memory::dims &dims, tag format, unsigned seed)
{
    memory m({dims, memory::data_type::f32, format}, cpu);
    size_t n = m.get_desc().get_size() / sizeof(float);

    if (seed != 0)
        bench_fill(static_cast<float *>(m.get_data_handle()), n, seed);
    return m;
}

memory::desc like(const memory &m, tag format)
{
    return {m.get_desc().dims(), memory::data_type::f32, format};
}

/* An operand in the wanted format: itself, a copy made before, or a copy that
 * is made in each run. */
memory convolution::come(const memory &from, const memory::desc &format)
{
    if (from.get_desc() == format)
        return from;
    for (auto &pair : here)
        if (pair.first.get() == from.get() && pair.second.get_desc() == format)
            return pair.second;
    memory copy(format, cpu);
    steps.push_back(
        {reorder(from, copy), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, copy}}});
    here.emplace_back(from, copy);
    return copy;
}

/* A place for a result; leave() takes it to where it is wanted. */
memory convolution::go(const memory &to, const memory::desc &format)
{
    results.push_back(to);
    if (to.get_desc() == format)
        return to;
    memory place(format, cpu);
    leaving.emplace_back(place, to);
    return place;
}

void convolution::leave()
{
    for (auto &pair : leaving)
        steps.push_back(
            {reorder(pair.first, pair.second),
             {{DNNL_ARG_FROM, pair.first}, {DNNL_ARG_TO, pair.second}}});
    leaving.clear();
}

convolution_forward::primitive_desc convolution::choose(tag format) const
{
    return {{prop_kind::forward_training, algorithm::convolution_direct,
             like(x, format), like(w, tag::any), b.get_desc(), like(y, format),
             stride, padding, padding},
            cpu};
}

void convolution::forward(tag format)
{
    convolution_forward::primitive_desc chosen = choose(format);
    memory from = come(x, chosen.src_desc());
    memory by = come(w, chosen.weights_desc());
    steps.push_back({convolution_forward(chosen),
                     {{DNNL_ARG_SRC, from},
                      {DNNL_ARG_WEIGHTS, by},
                      {DNNL_ARG_BIAS, b},
                      {DNNL_ARG_DST, go(y, chosen.dst_desc())}}});
    leave();
}

void convolution::backward_data(tag format)
{
    convolution_backward_data::primitive_desc chosen(
        {algorithm::convolution_direct, like(x, format), like(w, tag::any),
         like(y, format), stride, padding, padding},
        cpu, choose(format));
    memory from = come(dy, chosen.diff_dst_desc());
    memory by = come(w, chosen.weights_desc());
    steps.push_back({convolution_backward_data(chosen),
                     {{DNNL_ARG_DIFF_DST, from},
                      {DNNL_ARG_WEIGHTS, by},
                      {DNNL_ARG_DIFF_SRC, go(dx, chosen.diff_src_desc())}}});
    leave();
}

void convolution::backward_weights(tag format)
{
    convolution_backward_weights::primitive_desc chosen(
        {algorithm::convolution_direct, like(x, format), like(w, tag::any),
         b.get_desc(), like(y, format), stride, padding, padding},
        cpu, choose(format));
    memory from = come(x, chosen.src_desc());
    memory slope = come(dy, chosen.diff_dst_desc());
    steps.push_back(
        {convolution_backward_weights(chosen),
         {{DNNL_ARG_SRC, from},
          {DNNL_ARG_DIFF_DST, slope},
          {DNNL_ARG_DIFF_WEIGHTS, go(dw, chosen.diff_weights_desc())},
          {DNNL_ARG_DIFF_BIAS, go(db, chosen.diff_bias_desc())}}});
    leave();
}

/* n: N, C, O, size, kernel, stride, padding, as the program's arguments. */
convolution::convolution(const long *n, formats chosen)
    : stride{n[5], n[5]}, padding{n[6], n[6]}
{
    long m = (n[3] + 2 * n[6] - n[4]) / n[5] + 1;

    x = plain({n[0], n[1], n[3], n[3]}, tag::nchw, 1);
    w = plain({n[2], n[1], n[4], n[4]}, tag::oihw, 2);
    b = plain({n[2]}, tag::x, 3);
    y = plain({n[0], n[2], m, m}, tag::nchw, 0);
    dy = plain({n[0], n[2], m, m}, tag::nchw, 4);
    dx = plain({n[0], n[1], n[3], n[3]}, tag::nchw, 0);
    dw = plain({n[2], n[1], n[4], n[4]}, tag::oihw, 0);
    db = plain({n[2]}, tag::x, 0);
    if (chosen.forward != tag::undef)
        forward(chosen.forward);
    if (chosen.data != tag::undef)
        backward_data(chosen.data);
    if (chosen.weights != tag::undef)
        backward_weights(chosen.weights);
}

void convolution::run()
{
    for (auto &s : steps)
        s.what.execute(queue, s.arguments);
    queue.wait();
}

double convolution::check() const
{
    double sum = 0;

    for (auto &m : results)
        sum += bench_sum(static_cast<const float *>(m.get_data_handle()),
                         m.get_desc().get_size() / sizeof(float));
    return sum;
}

void run(void *c)
{
    static_cast<convolution *>(c)->run();
}

/* The fastest format of the primitive that `alone` gives a format to. */
template <typename Alone> tag fastest(bench b, Alone alone)
{
    tag best = tag::any;
    double least = 0;

    b.seconds = 0.02;
    for (tag format : {tag::any, tag::nchw, tag::nhwc}) {
        convolution c(b.n, alone(format));
        double seconds = bench_seconds(&b, run, &c);
        if (format == tag::any || seconds < least) {
            best = format;
            least = seconds;
        }
    }
    return best;
}

formats choose(const bench &b)
{
    const tag none = tag::undef;
    formats best = {fastest(b,
                            [](tag f) {
                                return formats{f, none, none};
                            }),
                    none, none};

    if (!bench_mode(&b, "gradients"))
        return best;
    best.data = fastest(b, [](tag f) { return formats{none, f, none}; });
    best.weights = fastest(b, [](tag f) { return formats{none, none, f}; });
    return best;
}

} // namespace

int main(int argc, char **argv)
{
    bench b = bench_begin(argc, argv, 7);
    convolution c(b.n, choose(b));
    double seconds = bench_seconds(&b, run, &c);
    return bench_report(&b, 1e3 * seconds, "ms", c.check());
}
