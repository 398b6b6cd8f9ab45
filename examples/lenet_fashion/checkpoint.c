#include "checkpoint.h"

#include <string.h>

static const tg_init zeros = {.kind = TG_INIT_ZEROS};
static const char settings_name[] = "run.settings";

/* The order of run.settings. */
enum { MODEL, EPOCHS, BATCH, WARMUP, SEED, IMAGES, DATA, LR, DECAY, SETTINGS };
static const char *const setting_names[SETTINGS] = {
    [EPOCHS] = "--epochs", [BATCH] = "--batch", [WARMUP] = "--warmup",
    [SEED] = "--seed",     [IMAGES] = "images", [DATA] = "data of checksum",
    [LR] = "--lr",         [DECAY] = "--decay"};

bool run_state_open(run_state *s, tg_params *p, const fashion_options *o,
                    const image_set *set)
{
    const double settings[SETTINGS] = {[MODEL] =
                                           (double)(o->model - image_models),
                                       [EPOCHS] = (double)o->epochs,
                                       [BATCH] = (double)o->batch,
                                       [WARMUP] = (double)o->warmup,
                                       [SEED] = (double)o->seed,
                                       [IMAGES] = (double)set->count,
                                       [DATA] = set->checksum,
                                       [LR] = o->lr,
                                       [DECAY] = o->decay};

    s->settings =
        tg_buffer_of(p, settings_name, TG_F64, TG_SHAPE(SETTINGS), zeros);
    s->step = tg_buffer_of(p, "run.step", TG_I64, TG_SCALAR, zeros);
    s->epoch = tg_buffer_of(p, "run.epoch", TG_F64, TG_SHAPE(2), zeros);
    if (!s->settings || !s->step || !s->epoch)
        return refuse_tensors();
    memcpy(tg_data_f64(s->settings), settings, sizeof settings);
    return true;
}

static bool refuse_model(const char *path, double theirs, double ours)
{
    bool known = theirs >= 0 && theirs < n_image_models;

    return refuse("%s: is of a training with --model %s, not %s", path,
                  known ? image_models[(int)theirs].name : "?",
                  image_models[(int)ours].name);
}

static bool compare(const double *theirs, const double *ours, const char *path)
{
    if (theirs[MODEL] != ours[MODEL])
        return refuse_model(path, theirs[MODEL], ours[MODEL]);
    for (int i = MODEL + 1; i < SETTINGS; i++)
        if (theirs[i] != ours[i])
            return refuse("%s: is of a training with %s %.17g, not %.17g", path,
                          setting_names[i], theirs[i], ours[i]);
    return true;
}

/* The settings alone, before anything else is read. */
static bool check_settings(const run_state *s, const char *path)
{
    tg_params *p = tg_params_new(TG_F32, 0);
    tg_load_options alone = {.allow_extra = true};
    tg_tensor *theirs =
        tg_buffer_of(p, settings_name, TG_F64, TG_SHAPE(SETTINGS), zeros);
    bool ok = theirs && tg_load(p, NULL, path, alone) == TG_OK;

    ok = ok ? compare(tg_data_f64(theirs), tg_data_f64(s->settings), path)
            : refuse_tensors();
    tg_params_free(p);
    return ok;
}

bool checkpoint_load(const run_state *s, tg_params *p, tg_optim *optim,
                     const char *path)
{
    if (!check_settings(s, path))
        return false;
    return tg_load(p, optim, path, (tg_load_options){0}) == TG_OK ||
           refuse_tensors();
}
