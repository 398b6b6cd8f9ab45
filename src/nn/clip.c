#include <tinygrad/nn.h>

#include <math.h>

static double square_of(const tg_tensor *t)
{
    const float *f = tg_data_f32(t);
    const double *d = tg_data_f64(t);
    double sum = 0;

    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        double x = f != NULL ? (double)f[i] : d[i];
        sum += x * x;
    }
    return sum;
}

static void scale(tg_tensor *t, double c)
{
    float *f = tg_data_f32(t);
    double *d = tg_data_f64(t);

    for (int64_t i = 0; i < tg_tensor_size(t); i++) {
        if (f != NULL)
            f[i] = (float)(f[i] * c);
        else
            d[i] *= c;
    }
    tg_tensor_touch(t);
}

double tg_clip_grad_norm(tg_params *p, double max_norm)
{
    double sum = 0;

    for (size_t i = 0; i < tg_params_count(p); i++)
        sum += square_of(tg_grad(tg_params_at(p, i)));
    double norm = sqrt(sum), c = max_norm / (norm + 1e-6);
    for (size_t i = 0; i < tg_params_count(p); i++)
        if (isfinite(norm) && c < 1 && tg_grad(tg_params_at(p, i)) != NULL)
            scale(tg_grad(tg_params_at(p, i)), c);
    return norm;
}
